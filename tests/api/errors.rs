//! Every refusal is problem+json, whoever refuses.

use reqwest::Method;
use shared::error::ErrorCode;
use tests::TestApp;

#[tokio::test]
async fn address_the_api_does_not_have_is_404() {
    let app = TestApp::start().await;
    for path in ["/api/v1/nothing", "/api/nothing", "/api"] {
        let response = app.anonymous().request(Method::GET, path).await;
        let problem = response.refused(404, ErrorCode::NotFound);
        assert_eq!(problem.instance, path);
        assert_eq!(response.header("x-request-id"), problem.request_id);
    }
}

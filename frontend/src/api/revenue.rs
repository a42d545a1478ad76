//! Products.

use super::{Api, ApiResult, Method, query};
use shared::id::ProductId;
use shared::page::Page;
use shared::revenue::{NewProduct, Product, ProductPatch};

impl Api {
    /// A page of products by name.
    ///
    /// # Errors
    /// As every read.
    pub async fn products(&self, sort: &str, cursor: Option<String>) -> ApiResult<Page<Product>> {
        let query = query([
            ("limit", Some("200".to_owned())),
            ("sort", Some(sort.to_owned())),
            ("cursor", cursor),
        ]);
        self.get(format!("/products{query}")).await
    }

    /// Makes a product.
    ///
    /// # Errors
    /// Field errors; `taken` when the name is in use.
    pub async fn create_product(&self, body: &NewProduct) -> ApiResult<Product> {
        self.post("/products", body).await
    }

    /// Changes a product.
    ///
    /// # Errors
    /// Field errors, or stale with the product as it is now.
    pub async fn patch_product(
        &self,
        id: ProductId,
        version: i32,
        body: &ProductPatch,
    ) -> ApiResult<Product> {
        self.patch(format!("/products/{id}"), version, body).await
    }

    /// Puts a product away.
    ///
    /// # Errors
    /// Stale.
    pub async fn archive_product(&self, id: ProductId, version: i32) -> ApiResult<()> {
        self.call(Method::Delete, format!("/products/{id}"))
            .if_match(version)
            .answer()
            .await
            .map(drop)
    }

    /// Takes a product out again.
    ///
    /// # Errors
    /// Stale.
    pub async fn restore_product(&self, id: ProductId, version: i32) -> ApiResult<Product> {
        self.call(Method::Post, format!("/products/{id}/restore"))
            .if_match(version)
            .send()
            .await
    }
}

//! The document itself says everything a tool needs to know.

use super::operations::Document;
use reqwest::Method;
use std::collections::BTreeSet;

#[test]
fn every_operation_has_a_name_of_its_own_and_a_tag() {
    let mut names = BTreeSet::new();
    for operation in Document::read().operations() {
        let label = operation.label();
        assert!(!operation.id.is_empty(), "{label}");
        assert!(names.insert(operation.id.clone()), "{label} has a twin");
        let tags = operation.value["tags"].as_array();
        assert_eq!(tags.map(Vec::len), Some(1), "{label}");
        let summary = operation.value["summary"].as_str();
        assert!(summary.is_some_and(|text| text.len() > 5), "{label}");
    }
}

#[test]
fn every_operation_demands_a_sign_in_or_is_on_the_short_list() {
    for operation in Document::read().operations() {
        let label = operation.label();
        let permissions = operation.permissions();
        assert_eq!(permissions.is_none(), operation.is_anonymous(), "{label}");
    }
}

#[test]
fn every_operation_declares_its_problems() {
    let document = Document::read();
    let mut wrong = Vec::new();
    for operation in document.operations() {
        let responses = operation.value["responses"].as_object().unwrap();
        for (status, response) in responses {
            if !status.starts_with(['4', '5']) {
                continue;
            }
            if status.parse::<u16>().is_err() {
                wrong.push(format!("{} lumps errors as {status}", operation.label()));
            }
            let problem = document.resolve(response);
            let schema = &problem["content"]["application/problem+json"]["schema"]["$ref"];
            let says = problem["description"].as_str().unwrap_or_default();
            if schema != "#/components/schemas/Problem" || says.is_empty() {
                wrong.push(format!(
                    "{} tells no problem with {status}",
                    operation.label()
                ));
            }
        }
        for (status, is_due) in [
            ("401", !operation.is_anonymous()),
            ("404", !operation.variables().is_empty()),
            ("409", operation.has("header", "Idempotency-Key")),
            ("412", operation.needs_version()),
            ("415", operation.body().is_some()),
            ("422", operation.body().is_some()),
            ("428", operation.needs_version()),
            ("500", true),
            ("503", true),
        ] {
            if is_due && !responses.contains_key(status) {
                wrong.push(format!("{} declares no {status}", operation.label()));
            }
        }
        if !responses.keys().any(|status| status.starts_with('2')) {
            wrong.push(format!("{} declares no success", operation.label()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_variable_of_an_address_is_declared_and_no_other() {
    let mut wrong = Vec::new();
    for operation in Document::read().operations() {
        let declared: BTreeSet<String> = operation
            .parameters()
            .into_iter()
            .filter(|parameter| parameter.place == "path")
            .map(|parameter| parameter.name)
            .collect();
        let used: BTreeSet<String> = operation.variables().into_iter().collect();
        if declared != used {
            wrong.push(format!("{}: {declared:?}", operation.label()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_change_of_a_thing_declares_that_it_needs_a_version() {
    let mut wrong = Vec::new();
    for operation in Document::read().operations() {
        if operation.needs_version() != operation.has("header", "If-Match") {
            wrong.push(operation.label());
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Every POST that writes is done once for its key; sign-up and sign-in hand out tokens, which are not kept.
#[test]
fn every_post_that_is_done_once_names_its_key() {
    let mut wrong = Vec::new();
    for operation in Document::read().operations() {
        let is_write = operation.method == Method::POST && !operation.is_search();
        let takes_key = is_write && !operation.is_anonymous();
        if takes_key != operation.has("header", "Idempotency-Key") {
            wrong.push(operation.label());
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_reference_leads_somewhere() {
    let document = Document::read();
    for reference in document.references() {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.at(pointer).is_some(), "{reference}");
    }
}

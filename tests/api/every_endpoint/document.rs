//! The document itself says everything a tool needs to know.

use super::operations::Document;
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
        let problem = responses
            .iter()
            .find(|(status, _)| status.starts_with('4'))
            .map(|(_, response)| document.resolve(response));
        let Some(problem) = problem else {
            wrong.push(format!("{} declares no 4XX", operation.label()));
            continue;
        };
        // Some content of it is a problem, whatever the media type is called.
        let is_problem = problem["content"].as_object().is_some_and(|content| {
            content
                .values()
                .any(|content| content["schema"]["$ref"] == "#/components/schemas/Problem")
        });
        if !is_problem {
            wrong.push(format!("{} declares another 4XX", operation.label()));
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

#[test]
fn every_reference_leads_somewhere() {
    let document = Document::read();
    for reference in document.references() {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.at(pointer).is_some(), "{reference}");
    }
}

//! The parameters of a list in the OpenAPI document, drawn from what the list offers.

use super::{FieldSpec, Kind, List, ListSpec, Listed, Op};
use crate::http::shape::ShapeOf;
use strum::IntoEnumIterator;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Required};

impl<L: Listed> IntoParams for List<L> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let spec = L::spec();
        let mut list: Vec<Parameter> = spec.fields.iter().flat_map(filters).collect();
        let orders = spec.fields.iter().filter(|field| field.is_sortable);
        let orders: Vec<String> = orders
            .flat_map(|field| [field.name.to_owned(), format!("-{}", field.name)])
            .collect();
        let sort = format!(
            "The order, `-` for the largest first; default `{}`. The id decides between equals.",
            spec.sort
        );
        list.push(parameter("sort", &sort, choice(orders)));
        list.push(parameter(
            "cursor",
            "Where to go on; from `next_cursor`.",
            text(),
        ));
        list.push(parameter(
            "limit",
            "Items of a page, 1 to 200; default 50.",
            number(Type::Integer),
        ));
        if spec.has_archived {
            let words = ["false", "true", "any"].map(str::to_owned).to_vec();
            list.push(parameter(
                "archived",
                "Whether archived ones are listed; default `false`.",
                choice(words),
            ));
        }
        let words = ["exact", "estimate"].map(str::to_owned).to_vec();
        list.push(parameter(
            "count",
            "Counts all matches into `total`; `estimate` to 10,000 at most.",
            choice(words),
        ));
        list.extend(shape(spec, &[]));
        list
    }
}

impl<L: Listed> IntoParams for ShapeOf<L> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        shape(L::spec(), L::ALONE)
    }
}

fn shape(spec: &ListSpec, alone: &[&'static str]) -> Vec<Parameter> {
    let all = |names: Vec<&str>| names.join("`, `");
    let fields = format!(
        "Only these fields, separated by commas, of `{}`.",
        all([spec.shown, alone].concat())
    );
    let mut list = vec![parameter("fields", &fields, text())];
    if !spec.expand.is_empty() {
        let names = all(spec.expand.iter().map(|expand| expand.name).collect());
        let expand = format!(
            "Adds the records behind ids as `{{ id, name }}`, separated by commas, of `{names}`."
        );
        list.push(parameter("expand", &expand, text()));
    }
    list
}

fn filters(field: &'static FieldSpec) -> impl Iterator<Item = Parameter> {
    Op::iter().filter(|op| field.takes(*op)).map(|op| {
        let name = match op {
            Op::Eq => field.name.to_owned(),
            op => format!("{}[{}]", field.name, op.as_ref()),
        };
        let (words, schema) = match op {
            Op::In => ("One of these, separated by commas.", text()),
            Op::IsNull => (
                "`true`: without a value; `false`: with one.",
                number(Type::Boolean),
            ),
            Op::Contains => ("Holds this text, in upper or lower case.", text()),
            op => (
                match op {
                    Op::Gt => "More than this.",
                    Op::Gte => "This or more.",
                    Op::Lt => "Less than this.",
                    Op::Lte => "This or less.",
                    _ if matches!(field.kind, Kind::Labels) => "Has this label.",
                    _ => "Exactly this.",
                },
                schema(field.kind),
            ),
        };
        parameter(&name, words, schema)
    })
}

fn schema(kind: Kind) -> RefOr<Schema> {
    let formatted = |format| {
        let format = SchemaFormat::KnownFormat(format);
        object(
            ObjectBuilder::new()
                .schema_type(Type::String)
                .format(Some(format)),
        )
    };
    match kind {
        Kind::Word(words) => choice(words()),
        Kind::Text | Kind::Labels | Kind::Decimal => text(),
        Kind::Id => formatted(KnownFormat::Uuid),
        Kind::Int => number(Type::Integer),
        Kind::Date => formatted(KnownFormat::Date),
        Kind::Time => formatted(KnownFormat::DateTime),
    }
}

fn object(builder: ObjectBuilder) -> RefOr<Schema> {
    RefOr::T(Schema::Object(builder.build()))
}

fn text() -> RefOr<Schema> {
    number(Type::String)
}

fn number(kind: Type) -> RefOr<Schema> {
    object(ObjectBuilder::new().schema_type(kind))
}

fn choice(words: Vec<String>) -> RefOr<Schema> {
    object(
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(words)),
    )
}

fn parameter(name: &str, description: &str, schema: RefOr<Schema>) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema))
        .build()
}

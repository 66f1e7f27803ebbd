//! One exported function in C's words, for all three targets of C.

use super::names;
use super::passing::{Out, Parameter};
use super::types::Types;
use crate::signature::Literal;
use crate::target::Export;

pub struct Function {
    /// The C name.
    pub name: String,
    pub doc: Vec<String>,
    pub types: Types,
    pub parameters: Vec<Parameter>,
    /// Every result, out through a pointer.
    pub outs: Vec<Out>,
    /// The one result that c-direct and c-linker return instead: its type, and its zero.
    pub returned: Option<(&'static str, &'static str)>,
    /// The local variable of a body.
    pub call: String,
    pub puts: Vec<String>,
    pub gets: Vec<String>,
    pub quoted_name: String,
    pub quoted_channel: String,
    pub quoted_canonical: String,
    pub quoted_provider: String,
    pub fingerprint: String,
    pub request_size: u32,
    pub payload_size: u32,
    pub capacity: u32,
}

impl Function {
    pub fn new(export: &Export) -> Self {
        let layout = &export.layout;
        let none: [&str; 0] = [];
        let name = names::global(&export.identifier(), none);
        let types = Types::new(export, &name);
        // The body's own names: indices of its loops, and the types that it names.
        let mut taken: Vec<String> = (0..10).map(|depth| format!("i{depth}")).collect();
        taken.extend(types.record_names().map(String::from));
        let parameters: Vec<Parameter> = layout
            .params
            .iter()
            .map(|slot| types.parameter(&slot.name, &slot.wire, slot.offset, &mut taken))
            .collect();
        let outs: Vec<Out> = layout
            .results
            .iter()
            .map(|slot| types.out(&slot.name, &slot.wire, slot.offset, &mut taken))
            .collect();
        let returned = match layout.results.as_slice() {
            [slot] => types.returned(&slot.wire),
            _ => None,
        };
        let call = names::local("call", taken.iter().map(String::as_str));
        let pass = |lines: &mut dyn Iterator<Item = &String>| {
            lines
                .map(|line| line.replace("(call, ", &format!("(&{call}, ")))
                .collect::<Vec<_>>()
        };
        let puts = pass(&mut parameters.iter().flat_map(|parameter| &parameter.puts));
        let gets = pass(&mut outs.iter().flat_map(|out| &out.gets));
        Function {
            doc: doc(export, &parameters, &outs),
            returned: returned.map(|ty| (ty, if ty == "bool" { "false" } else { "0" })),
            puts,
            gets,
            quoted_name: names::literal(&export.function.name),
            quoted_channel: names::literal(&export.channel),
            quoted_canonical: names::literal(&layout.canonical),
            quoted_provider: names::literal(&export.start_command),
            fingerprint: format!("0x{:08x}u", layout.fingerprint),
            request_size: layout.request_size,
            payload_size: layout.payload_size,
            capacity: layout.capacity,
            name,
            types,
            parameters,
            outs,
            call,
        }
    }

    /// The parameters, and these results behind them.
    pub fn parameters_with(&self, outs: &[Out]) -> String {
        let parameters = self
            .parameters
            .iter()
            .flat_map(|parameter| parameter.declarations.iter().map(String::as_str));
        let all: Vec<&str> = parameters
            .chain(outs.iter().map(|out| out.declaration.as_str()))
            .collect();
        if all.is_empty() {
            "void".into()
        } else {
            all.join(", ")
        }
    }

    /// What c-direct and c-linker declare: one number is returned, all else goes out through pointers, and the code is
    /// returned.
    pub fn plain_type(&self) -> &'static str {
        self.returned.map_or("int", |(ty, _)| ty)
    }

    pub fn plain_parameters(&self) -> String {
        match self.returned {
            Some(_) => self.parameters_with(&[]),
            None => self.parameters_with(&self.outs),
        }
    }

    pub fn plain_arguments(&self) -> String {
        let parameters = self
            .parameters
            .iter()
            .flat_map(|parameter| parameter.names.iter().map(String::as_str));
        match self.returned {
            Some(_) => parameters.collect::<Vec<_>>().join(", "),
            None => parameters
                .chain(self.outs.iter().map(|out| out.name.as_str()))
                .collect::<Vec<_>>()
                .join(", "),
        }
    }

    /// A name that no parameter and no result has.
    pub fn fresh(&self, base: &str) -> String {
        let parameters = self
            .parameters
            .iter()
            .flat_map(|parameter| &parameter.names);
        let taken: Vec<&str> = parameters
            .chain(self.outs.iter().map(|out| &out.name))
            .map(String::as_str)
            .collect();
        names::local(base, taken)
    }
}

/// The source's docstring, and what C's types leave unsaid.
fn doc(export: &Export, parameters: &[Parameter], outs: &[Out]) -> Vec<String> {
    let mut text = export.function.doc.clone().unwrap_or_default();
    if text.trim().is_empty() {
        text = format!("{} of {}.", export.function.name, export.source);
    }
    text.push_str("\n\n");
    for (parameter, source) in parameters.iter().zip(&export.function.parameters) {
        text.push_str(&parameter.about);
        if let Some(default) = &source.default {
            text.push_str(&format!("; default {}", spelled(default)));
        }
        text.push('\n');
    }
    for out in outs {
        text.push_str(&out.about);
        text.push('\n');
    }
    names::comment(text.trim_end())
}

fn spelled(literal: &Literal) -> String {
    match literal {
        Literal::None => "NULL".into(),
        Literal::Bool(value) => value.to_string(),
        Literal::Int(value) => value.to_string(),
        Literal::Float(value) => format!("{value:?}"),
        Literal::Text(text) => names::literal(text),
    }
}

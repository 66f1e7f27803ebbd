//! One `def` -> a function, or the reason why it cannot be exported.

use tree_sitter::Node;

use super::expression::{children, expression};
use super::given::Given;
use super::overrides::Comments;
use super::records::header_end;
use super::scope::{Definition, Module, When};
use super::types::Types;
use super::{docstring, first_error, returning, syntax_error};
use crate::signature::{Function, Language, Parameter, Passing, Place, Result as Returns, Type};
use crate::source::lines::Lines;
use crate::source::{Found, Options, Refusal};

/// What the decorators and the class around it make of a `def`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Of the module, or a static method.
    Plain,
    ClassMethod,
    Method,
    Property,
    /// The setter or deleter of a property.
    Accessor,
    /// `@overload`: for type checkers only.
    Overload,
}

/// What is the same for all functions of a source.
pub(super) struct Signatures<'m, 't> {
    pub module: &'m Module<'t>,
    pub lines: &'m Lines<'t>,
    pub comments: &'m Comments<'t>,
    pub options: &'m Options,
    pub is_stub: bool,
}

/// A reason, where it lies and the parameter at fault.
pub(super) struct Fault {
    pub at: usize,
    pub param: Option<String>,
    pub reason: String,
}

pub(super) type Checked<T> = Result<T, Fault>;

impl<'m, 't> Signatures<'m, 't> {
    pub fn role(&self, definition: &Definition<'t>) -> Role {
        let mut role = match (definition.owner, definition.name) {
            (None, _) => Role::Plain,
            (Some(_), "__init_subclass__" | "__class_getitem__") => Role::ClassMethod,
            (Some(_), _) => Role::Method,
        };
        for decorator in &definition.decorators {
            let Some(inner) = decorator.named_child(0) else {
                continue;
            };
            let expr = expression(inner, self.module.text);
            let full = self
                .module
                .outside_name(&expr, definition.owner)
                .map(|full| super::known::canonical(&full));
            match full.as_deref() {
                Some("typing.overload") => return Role::Overload,
                Some("builtins.staticmethod" | "abc.abstractstaticmethod")
                    if definition.owner.is_some() =>
                {
                    role = Role::Plain;
                }
                Some("builtins.classmethod" | "abc.abstractclassmethod") => {
                    role = Role::ClassMethod;
                }
                Some(
                    "builtins.property" | "abc.abstractproperty" | "functools.cached_property",
                ) => role = Role::Property,
                _ => {
                    let name = expr.name().unwrap_or_default();
                    let accessor = [".setter", ".deleter", ".getter"];
                    if let Some(property) = accessor.iter().find_map(|end| name.strip_suffix(end))
                        && property == definition.name
                    {
                        return Role::Accessor;
                    }
                }
            }
        }
        role
    }

    pub fn refuse(
        &self,
        definition: &Definition<'t>,
        at: Node<'_>,
        param: Option<String>,
        reason: String,
    ) -> Found {
        let at = match at.child_by_field_name("name") {
            Some(name) if at.id() == definition.node.id() => name.start_byte(),
            _ => at.start_byte(),
        };
        self.refusal(definition, Fault { at, param, reason })
    }

    fn refusal(&self, definition: &Definition<'t>, fault: Fault) -> Found {
        Found::Refusal(Refusal {
            function: self.path(definition),
            declared: self.declared(definition),
            place: self.lines.place(fault.at),
            param: fault.param,
            reason: fault.reason,
        })
    }

    fn path(&self, definition: &Definition<'t>) -> String {
        match definition.owner {
            Some(class) => format!("{}.{}", self.module.classes[class].path, definition.name),
            None => definition.name.into(),
        }
    }

    fn declared(&self, definition: &Definition<'t>) -> Place {
        let name = definition.node.child_by_field_name("name");
        self.lines
            .place(name.unwrap_or(definition.node).start_byte())
    }

    pub fn found(&self, definition: &Definition<'t>, role: Role) -> Found {
        match self.function(definition, role) {
            Ok(function) => Found::Function(function),
            Err(fault) => self.refusal(definition, fault),
        }
    }

    fn function(&self, definition: &Definition<'t>, role: Role) -> Checked<Function> {
        let node = definition.node;
        let name_at = node
            .child_by_field_name("name")
            .unwrap_or(node)
            .start_byte();
        let whole = |reason: String| Fault {
            at: name_at,
            param: None,
            reason,
        };
        if let Some(error) = first_error(definition.whole) {
            return Err(Fault {
                at: error,
                param: None,
                reason: syntax_error(self.lines.number(error)),
            });
        }
        self.reachable(definition, role).map_err(whole)?;
        let (Some(parameters), Some(body)) = (
            node.child_by_field_name("parameters"),
            node.child_by_field_name("body"),
        ) else {
            return Err(whole(syntax_error(self.lines.number(name_at))));
        };
        if returning::yields(body, self.module.text) {
            return Err(whole(
                "is a generator, which gives its values one by one; return a list of them".into(),
            ));
        }
        let mut types = Types::new(self.module, self.lines, self.comments, definition.owner);
        if let Some(generics) = node.child_by_field_name("type_parameters") {
            types.generics = children(generics)
                .into_iter()
                .map(|parameter| {
                    let text = self.module.source(parameter);
                    let name = text.split([':', '=']).next().unwrap_or(text);
                    name.trim_matches(['*', ' ']).to_string()
                })
                .collect();
        }
        let overrides = self.comments.of(
            self.lines,
            self.lines.index(definition.whole.start_byte()),
            self.header_line(node, body),
        );
        let given = Given {
            comments: &overrides,
            signatures: self,
            function: self.path(definition),
        };
        let parameters = self.parameters(parameters, role, &types, &given)?;
        given.check(&parameters)?;
        let result = self.result(node, body, &types, &given)?;
        Ok(Function {
            name: given.function.clone(),
            language: Language::Python,
            place: self.declared(definition),
            doc: docstring(node, self.module.text),
            parameters,
            result,
            is_async: node.child(0).is_some_and(|first| first.kind() == "async"),
        })
    }

    /// Whether who imports the module can call it without an instance.
    fn reachable(&self, definition: &Definition<'t>, role: Role) -> Result<(), String> {
        let class = definition
            .owner
            .map(|class| &self.module.classes[class].path);
        let class = class.map_or("its class", String::as_str);
        match role {
            Role::Method => Err(format!(
                "needs an instance of {class}; make it a @staticmethod or @classmethod, or write a function that makes the instance and calls it"
            )),
            Role::Property => Err(format!(
                "is a property and needs an instance of {class}; write a function that returns its value"
            )),
            Role::Overload => Err(
                "has only @overload stubs; write the definition that they stand for"
                    .into(),
            ),
            _ => match definition.when {
                When::Script => Err(
                    "is defined only where the file runs as a script; move it out of `if __name__ == \"__main__\"`"
                        .into(),
                ),
                When::TypeChecking => Err(
                    "is defined only for type checkers; move it out of `if TYPE_CHECKING`".into(),
                ),
                When::Imported => Ok(()),
            },
        }
    }

    /// The line on which the head of a `def` ends; a body on the same line belongs to it.
    fn header_line(&self, node: Node<'t>, body: Node<'t>) -> usize {
        self.lines.index(header_end(node, body))
    }

    fn parameters(
        &self,
        list: Node<'t>,
        role: Role,
        types: &Types<'m, 't>,
        given: &Given<'_, 'm, 't>,
    ) -> Checked<Vec<Parameter>> {
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut passing = Passing::Either;
        let mut skip = role == Role::ClassMethod;
        for child in children(list) {
            match child.kind() {
                "positional_separator" => {
                    for parameter in &mut parameters {
                        parameter.passing = Passing::PositionalOnly;
                    }
                    continue;
                }
                "keyword_separator" => {
                    passing = Passing::KeywordOnly;
                    continue;
                }
                _ => {}
            }
            let (name_node, ty, default) = parts(child);
            let name = self.module.source(name_node);
            if name_node.kind() != "identifier" {
                return Err(self.variadic(name_node, name, ty));
            }
            if std::mem::take(&mut skip) {
                continue;
            }
            parameters.push(self.parameter(name_node, ty, default, passing, types, given)?);
        }
        Ok(parameters)
    }

    fn variadic(&self, node: Node<'t>, name: &str, ty: Option<Node<'t>>) -> Fault {
        let ty = ty.map_or("int", |ty| self.module.source(ty));
        let bare = name.trim_start_matches('*').trim();
        let reason = match node.kind() {
            "list_splat_pattern" => {
                format!("{name} takes any number of values; write one list, `{bare}: list[{ty}]`")
            }
            "dictionary_splat_pattern" => {
                format!("{name} takes any keywords; write a parameter for each, or one TypedDict")
            }
            _ => format!("{name} is no name; give each of its parts a parameter of its own"),
        };
        Fault {
            at: node.start_byte(),
            param: Some(bare.into()),
            reason,
        }
    }

    fn parameter(
        &self,
        name_node: Node<'t>,
        ty: Option<Node<'t>>,
        default: Option<Node<'t>>,
        passing: Passing,
        types: &Types<'m, 't>,
        given: &Given<'_, 'm, 't>,
    ) -> Checked<Parameter> {
        let name = self.module.source(name_node);
        let annotation = ty.map(|ty| expression(ty, self.module.text));
        let at = name_node.start_byte();
        let typed = match given.decide(annotation.as_ref(), name, types) {
            Some(typed) => typed?,
            None => {
                return Err(Fault {
                    at,
                    param: Some(name.into()),
                    reason: format!(
                        "has no type; write one, such as `{name}: int`, or give a wire type with `# metropipe: {name}=i64`"
                    ),
                });
            }
        };
        if typed == Type::Unit {
            return Err(Fault {
                at: annotation
                    .as_ref()
                    .map_or(at, |annotation| annotation.at.start),
                param: Some(name.into()),
                reason: "None holds nothing; leave the parameter out, or write T | None".into(),
            });
        }
        let default = default
            .map(|default| expression(default, self.module.text))
            .and_then(|default| types.default(&default, &typed));
        Ok(Parameter {
            name: name.into(),
            source_type: annotation
                .as_ref()
                .map_or_else(String::new, |annotation| types.spelled(annotation)),
            ty: typed,
            default,
            passing,
            place: self.lines.place(at),
        })
    }

    fn result(
        &self,
        node: Node<'t>,
        body: Node<'t>,
        types: &Types<'m, 't>,
        given: &Given<'_, 'm, 't>,
    ) -> Checked<Returns> {
        let annotation = node
            .child_by_field_name("return_type")
            .map(|ty| expression(ty, self.module.text));
        let value = match annotation {
            Some(_) => None,
            None => returning::value(body, self.module.text),
        };
        // What returns nothing needs no type, and nothing is asked for in its place.
        if annotation.is_none() && value.is_none() && !self.is_stub && !given.names("return") {
            return Ok(Returns {
                source_type: String::new(),
                ty: Type::Unit,
            });
        }
        let Some(typed) = given.decide(annotation.as_ref(), "return", types) else {
            let reason = if let Some(at) = value {
                format!(
                    "returns a value (line {}) and has no result type; write one, such as `-> int`, or give a wire type with `# metropipe: return=i64`",
                    self.lines.number(at)
                )
            } else {
                "has no result type; write one, `-> None` where it returns nothing".into()
            };
            return Err(Fault {
                at: node
                    .child_by_field_name("name")
                    .unwrap_or(node)
                    .start_byte(),
                param: Some("return".into()),
                reason,
            });
        };
        Ok(Returns {
            ty: typed?,
            source_type: annotation
                .as_ref()
                .map_or_else(String::new, |annotation| types.spelled(annotation)),
        })
    }
}

/// A parameter's name, type and default.
fn parts(parameter: Node<'_>) -> (Node<'_>, Option<Node<'_>>, Option<Node<'_>>) {
    let name = parameter.child_by_field_name("name");
    let ty = parameter.child_by_field_name("type");
    let default = parameter.child_by_field_name("value");
    match parameter.kind() {
        "typed_parameter" => {
            let name = children(parameter).into_iter().next();
            (name.unwrap_or(parameter), ty, default)
        }
        _ => (name.unwrap_or(parameter), ty, default),
    }
}

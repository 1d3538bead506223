"""openapi-spec-validator on documents that repeat themselves: each part is checked once.

Its own entry point walks through a part again wherever it stands, checks the schema of a date anew
in every plan, and keeps all documents that it has ever seen. What is checked is the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from jsonschema.exceptions import ValidationError
from jsonschema_path import SchemaPath
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.validation import keywords
from openapi_spec_validator.validation.exceptions import ParameterDuplicateError
from openapi_spec_validator.validation.registries import KeywordValidatorRegistry

# Keywords behind which the validator looks for more than the metaschema says.
_WALKED = frozenset(
    {"$ref", "$schema", "allOf", "anyOf", "oneOf", "not", "items", "properties", "default"}
)


class _Schema(keywords.OpenAPIV31SchemaValidator):
    """Checks a schema against the metaschema, each distinct part of it once in this process."""

    def __call__(
        self, schema: SchemaPath, require_properties: bool = True, meta_checked: bool = False
    ) -> Iterator[ValidationError]:
        value = schema.read_value()
        if meta_checked and isinstance(value, dict) and not _WALKED & value.keys():
            return  # the schema around it was checked with it, and there is nothing to walk to
        yield from super().__call__(schema, require_properties, meta_checked)

    def _get_schema_checker(self, schema: SchemaPath, schema_value: Any) -> Callable[[Any], None]:
        if _names_dialect(schema_value):
            return super()._get_schema_checker(schema, schema_value)
        return _check_parts


class _Responses(keywords.ResponsesValidator):
    """Checks a response that many operations refer to only where it is met first."""

    def __init__(self, registry: KeywordValidatorRegistry) -> None:
        super().__init__(registry)
        self._met: set[int] = set()

    def __call__(self, responses: SchemaPath) -> Iterator[ValidationError]:
        for code, response in responses.read_value().items():
            if id(response) not in self._met:
                self._met.add(id(response))
                yield from self.response_validator(code, responses / code)


class _Parameters(keywords.ParametersValidator):
    """Checks a parameter that many operations have only where it is met first."""

    def __init__(self, registry: KeywordValidatorRegistry) -> None:
        super().__init__(registry)
        self._met: dict[int, tuple[Any, Any]] = {}

    def __call__(self, parameters: SchemaPath) -> Iterator[ValidationError]:
        keys = []
        for place, parameter in enumerate(parameters.read_value()):
            if id(parameter) not in self._met:
                path = parameters / place
                yield from self.parameter_validator(path)
                self._met[id(parameter)] = path["name"], path["in"]
            keys.append(self._met[id(parameter)])
        for name, _ in (key for place, key in enumerate(keys) if key in keys[:place]):
            yield ParameterDuplicateError(f"Duplicate parameter '{name}'")


class _Validator(OpenAPIV31SpecValidator):
    def __init__(self, schema: SchemaPath) -> None:
        self.keyword_validators = {
            **OpenAPIV31SpecValidator.keyword_validators,
            "parameters": _Parameters,
            "responses": _Responses,
            "schema": _Schema,
        }
        super().__init__(schema)

    def errors(self) -> Iterator[ValidationError]:
        """Yield what `iter_errors` yields; that one keeps each document for as long as it runs."""
        yield from self.schema_validator.iter_errors(self.schema)
        yield from self.root_validator(self.schema_path)


def check_openapi(document: Mapping[str, object]) -> None:
    """Raise the first error of an OpenAPI 3.1 document, if there is one."""
    plain = json.loads(json.dumps(document))
    version = plain.get("openapi")
    if not isinstance(version, str) or not version.startswith("3.1."):
        raise ValueError(f"not an OpenAPI 3.1 document: {version!r}")
    if "jsonSchemaDialect" in plain:
        raise ValueError("a dialect of its own is not expected")
    # The validator tells parts apart by identity: equal ones become one object.
    shared = _shared(plain, {})
    for error in _Validator(SchemaPath.from_dict(shared)).errors():
        raise error


def _shared(value: Any, known: dict[Hashable, Any]) -> Any:
    """Return a JSON value in which equal objects and lists are the same object."""
    if isinstance(value, dict):
        members = {name: _shared(member, known) for name, member in value.items()}
        key: Hashable = ("object", tuple((name, _key(one)) for name, one in members.items()))
        return known.setdefault(key, members)
    if isinstance(value, list):
        items = [_shared(item, known) for item in value]
        return known.setdefault(("list", tuple(map(_key, items))), items)
    return value


def _key(value: Any) -> Hashable:
    """Return what tells a shared value from others; `1` and `True` are two."""
    return id(value) if isinstance(value, (dict, list)) else (type(value), value)


def _names_dialect(schema: Any) -> bool:
    if isinstance(schema, dict):
        return "$schema" in schema or any(map(_names_dialect, schema.values()))
    return isinstance(schema, list) and any(map(_names_dialect, schema))


def _check_parts(schema: Any) -> None:
    """Check a schema against the metaschema, its properties and items each by themselves.

    The metaschema asks the same of a schema wherever it stands.
    """
    if not isinstance(schema, dict):
        OAS31Validator.check_schema(schema, format_checker=oas31_format_checker)
        return
    outer = dict(schema)
    if isinstance(schema.get("properties"), dict):
        for inner in schema["properties"].values():
            _check_parts(inner)
        outer["properties"] = {}
    if isinstance(schema.get("items"), dict):
        _check_parts(schema["items"])
        outer["items"] = {}
    _check_once(json.dumps(outer))


@lru_cache(maxsize=1024)
def _check_once(schema: str) -> None:
    OAS31Validator.check_schema(json.loads(schema), format_checker=oas31_format_checker)

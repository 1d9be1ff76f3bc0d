// Prints the schemas of the kinds of kustomize.config.k8s.io as CRDs would have them.
//
// Kustomize has no schema of its own. It decodes a kustomization into Go structs by encoding/json
// and refuses unknown fields, so the structs with their tags are the schema. A null changes
// nothing there, which makes everything nullable, and no field is required.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
)

type schema map[string]any

var enumerations = map[reflect.Type]map[string][]string{
	reflect.TypeFor[types.Kustomization](): {"buildMetadata": types.BuildMetadataOptions},
	reflect.TypeFor[types.SortOptions](): {
		"order": {string(types.FIFOSortOrder), string(types.LegacySortOrder)},
	},
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

func main() {
	kustomization := of(reflect.TypeFor[types.Kustomization]())
	delete(kustomization, "nullable")
	define(types.KustomizationVersion, types.KustomizationKind, kustomization)
	define(types.ComponentVersion, types.ComponentKind, kustomization)
}

// define prints a kind of its own, in the shape of a CustomResourceDefinition.
func define(apiVersion, kind string, value schema) {
	group, version, _ := strings.Cut(apiVersion, "/")
	definition := map[string]any{
		"kind": "CustomResourceDefinition",
		"spec": map[string]any{
			"group": group,
			"names": map[string]any{"kind": kind},
			"versions": []any{map[string]any{
				"name":   version,
				"served": true,
				"schema": map[string]any{"openAPIV3Schema": value},
			}},
		},
	}
	fmt.Println("---")
	if err := json.NewEncoder(os.Stdout).Encode(definition); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// of returns the schema of what encoding/json takes for a type.
func of(t reflect.Type) schema {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if reflect.PointerTo(t).Implements(unmarshaler) {
		panic(fmt.Sprintf("%s decodes itself", t))
	}
	switch t.Kind() {
	case reflect.Struct:
		properties := map[string]schema{}
		add(properties, t)
		return schema{"type": "object", "nullable": true, "properties": properties}
	case reflect.Map:
		return schema{"type": "object", "nullable": true, "additionalProperties": of(t.Elem())}
	case reflect.Slice:
		return schema{"type": "array", "nullable": true, "items": of(t.Elem())}
	case reflect.Interface:
		return schema{"nullable": true, "x-kubernetes-preserve-unknown-fields": true}
	case reflect.String:
		return schema{"type": "string", "nullable": true}
	case reflect.Bool:
		return schema{"type": "boolean", "nullable": true}
	case reflect.Int, reflect.Int64:
		return schema{"type": "integer", "format": "int64", "nullable": true}
	}
	panic(fmt.Sprintf("%s has no schema", t))
}

// add adds the fields of a struct, those of embedded structs in their place.
func add(properties map[string]schema, t reflect.Type) {
	for field := range fields(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case name == "-":
		case field.Anonymous && name == "":
			inner := field.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			add(properties, inner)
		case field.IsExported():
			if name == "" {
				name = field.Name
			}
			properties[name] = limited(of(field.Type), enumerations[t][name])
		}
	}
}

func fields(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

// limited returns the schema of a value, or of the elements of a list, that is one of some.
func limited(value schema, values []string) schema {
	if values == nil {
		return value
	}
	if items, isList := value["items"].(schema); isList {
		items["enum"] = values
	} else {
		value["enum"] = values
	}
	return value
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/crdserverscheme"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	runtimejson "k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation/field"
	genericapirequest "k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/apiserver/pkg/storage"
	"k8s.io/apiserver/pkg/storage/names"
	kjson "sigs.k8s.io/json"
)

// A strategy is what the registry of custom resources asks when it creates and updates one.
type strategy interface {
	rest.RESTCreateStrategy
	rest.RESTUpdateStrategy
}

// A resource is one version of a definition, compiled.
type resource struct {
	kind             schema.GroupVersionKind
	namespaced       bool
	preservesUnknown bool
	// The schemas of all versions, since a decoder takes the version that an object names.
	schemas  map[string]*structuralschema.Structural
	strategy interface {
		strategy
		names.NameGenerator
	}
}

type creator struct{}

func (creator) New(kind schema.GroupVersionKind) (runtime.Object, error) {
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(kind)
	return object, nil
}

var decoder = runtimejson.NewSerializerWithOptions(
	runtimejson.DefaultMetaFactory, creator{}, crdserverscheme.NewUnstructuredObjectTyper(),
	runtimejson.SerializerOptions{Strict: true},
)

// create judges the creation of an object, along the handler of POST and the generic registry.
func (r *resource) create(data json.RawMessage, stored bool) answer {
	object, result := r.decode(data, false)
	if object == nil {
		return result
	}
	rest.WipeObjectMetaSystemFields(object)
	// The server keeps the managers of fields itself, whatever a request says of them.
	object.SetManagedFields(nil)
	ctx := r.context(object)
	rest.FillObjectMetaSystemFields(object)
	if len(object.GetGenerateName()) > 0 && len(object.GetName()) == 0 {
		object.SetName(r.strategy.GenerateName(object.GetGenerateName()))
	}
	if err := rest.BeforeCreate(r.strategy, ctx, object); err != nil {
		return result.refused(err, "")
	}
	// The storage takes no object that claims to be stored already. It is asked last.
	if version, err := (storage.APIObjectVersioner{}).ObjectResourceVersion(object); err == nil && version != 0 {
		return result.refused(storage.ErrResourceVersionSetOnCreate, "metadata.resourceVersion")
	}
	if stored {
		result.Stored = object.Object
	}
	return result
}

// update judges the change of a stored object to a new one, as a PATCH that carries over what the
// server put into the metadata.
func (r *resource) update(data, previous json.RawMessage, stored bool) answer {
	old, result := r.decode(previous, true)
	if old == nil {
		result.Failure = "the old object cannot be decoded"
		return result
	}
	object, result := r.decode(data, false)
	if object == nil {
		return result
	}
	ctx := r.context(object)
	_ = rest.EnsureObjectNamespaceMatchesRequestNamespace(genericapirequest.NamespaceValue(r.context(old)), old)
	old.SetUID(types.UID("11111111-1111-1111-1111-111111111111"))
	old.SetResourceVersion("1")
	old.SetGeneration(1)
	old.SetManagedFields(nil)
	old.SetCreationTimestamp(metav1.Unix(1, 0))
	object.SetUID(old.GetUID())
	object.SetResourceVersion(old.GetResourceVersion())
	object.SetCreationTimestamp(old.GetCreationTimestamp())
	object.SetManagedFields(nil)
	if err := rest.BeforeUpdate(r.strategy, ctx, object, old); err != nil {
		return result.refused(err, "")
	}
	if stored {
		result.Stored = object.Object
	}
	return result
}

// context is that of a request whose path has the namespace of the object, or the default one.
func (r *resource) context(object *unstructured.Unstructured) context.Context {
	ctx := genericapirequest.WithNamespace(context.Background(), metav1.NamespaceNone)
	if !r.namespaced {
		return ctx
	}
	if namespace := object.GetNamespace(); namespace != "" {
		return genericapirequest.WithNamespace(ctx, namespace)
	}
	return genericapirequest.WithNamespace(ctx, metav1.NamespaceDefault)
}

// decode reads an object as the codec of custom resources does: strict JSON, metadata coerced,
// unknown fields dropped and told, nulls dropped, defaults set. The object is nil where the
// request is refused for more than unknown and duplicate fields. An object from the storage loses
// what is wrong in its metadata.
func (r *resource) decode(data json.RawMessage, fromStorage bool) (*unstructured.Unstructured, answer) {
	var result answer
	object := &unstructured.Unstructured{}
	defaultKind := r.kind
	_, kind, err := decoder.Decode(data, &defaultKind, object)
	if err != nil {
		strict, ok := runtime.AsStrictDecodingError(err)
		if !ok {
			return nil, result.refused(apierrors.NewBadRequest(err.Error()), "")
		}
		for _, err := range strict.Errors() {
			var duplicate kjson.FieldError
			if errors.As(err, &duplicate) {
				result.Duplicate = append(result.Duplicate, duplicate.FieldPath())
			} else {
				result.Duplicate = append(result.Duplicate, err.Error())
			}
		}
	}
	unknown, err := r.coerce(object, fromStorage)
	if err != nil {
		return nil, result.refused(apierrors.NewBadRequest(err.Error()), fieldOf(err))
	}
	result.Unknown = unknown
	if object.GroupVersionKind().GroupKind() == r.kind.GroupKind() {
		defaulting.Default(object.Object, r.schemas[object.GroupVersionKind().Version])
	}
	if kind.GroupVersion() != r.kind.GroupVersion() {
		return nil, result.refused(apierrors.NewBadRequest("the API version in the data does not match the expected API version"), "apiVersion")
	}
	return object, result
}

// coerce does what the coercer of the handler does, which is not exported: see
// unstructuredSchemaCoercer in pkg/apiserver/customresource_handler.go.
func (r *resource) coerce(object *unstructured.Unstructured, fromStorage bool) ([]string, error) {
	content := object.UnstructuredContent()
	kind, hasKind, err := unstructured.NestedString(content, "kind")
	if err != nil {
		return nil, err
	}
	apiVersion, hasVersion, err := unstructured.NestedString(content, "apiVersion")
	if err != nil {
		return nil, err
	}
	meta, hasMeta, unknown, err := objectmeta.GetObjectMetaWithOptions(content, objectmeta.ObjectMetaOptions{
		DropMalformedFields:     fromStorage,
		ReturnUnknownFieldPaths: !fromStorage,
	})
	if err != nil {
		return nil, err
	}
	version, err := schema.ParseGroupVersion(apiVersion)
	if err != nil {
		return nil, err
	}
	if version.Group == r.kind.Group && kind == r.kind.Kind {
		structural := r.schemas[version.Version]
		if !r.preservesUnknown {
			options := structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: !fromStorage}
			unknown = append(unknown, pruning.PruneWithOptions(content, structural, true, options)...)
			defaulting.PruneNonNullableNullsWithoutDefaults(content, structural)
		}
		err, paths := objectmeta.CoerceWithOptions(nil, content, structural, false, objectmeta.CoerceOptions{
			DropInvalidFields:       fromStorage,
			ReturnUnknownFieldPaths: !fromStorage,
		})
		if err != nil {
			return nil, err
		}
		unknown = append(unknown, paths...)
	}
	if hasKind {
		object.SetKind(kind)
	}
	if hasVersion {
		object.SetAPIVersion(apiVersion)
	}
	if hasMeta {
		if err := objectmeta.SetObjectMeta(content, meta); err != nil {
			return nil, err
		}
	}
	return unknown, nil
}

// refused adds the causes of a refusal, at the field when the refusal names none.
func (a answer) refused(err error, field string) answer {
	var status *apierrors.StatusError
	if errors.As(err, &status) && status.ErrStatus.Details != nil && len(status.ErrStatus.Details.Causes) > 0 {
		for _, cause := range status.ErrStatus.Details.Causes {
			a.Errors = append(a.Errors, fault{Type: string(cause.Type), Field: placeOf(cause.Field), Detail: cause.Message})
		}
		return a
	}
	a.Errors = append(a.Errors, fault{Type: "BadRequest", Field: field, Detail: err.Error()})
	return a
}

// fieldOf is the place of an error that has one. An error of decoding metadata has none.
func fieldOf(err error) string {
	var place *field.Error
	if errors.As(err, &place) {
		return place.Field
	}
	return ""
}

// placeOf is the path of a field, empty for an error of none in particular.
func placeOf(path string) string {
	return strings.TrimPrefix(path, "<nil>")
}

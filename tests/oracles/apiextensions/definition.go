package main

import (
	"context"
	"encoding/json"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	crdvalidation "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apiextensions-apiserver/pkg/crdserverscheme"
	"k8s.io/apiextensions-apiserver/pkg/registry/customresource"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// A definition is a CustomResourceDefinition made ready to judge objects: each version that it
// serves, compiled once.
type definition struct {
	versions map[string]*resource
}

// define makes a definition ready, as the handler of custom resources does when it first serves
// one, and tells why the API server would not take it when it is to be checked.
func define(data json.RawMessage, check bool) (definition, answer) {
	external := &apiextensionsv1.CustomResourceDefinition{}
	if err := json.Unmarshal(data, external); err != nil {
		return definition{}, answer{Failure: err.Error()}
	}
	apiextensionsv1.SetDefaults_CustomResourceDefinition(external)
	external.Status = apiextensionsv1.CustomResourceDefinitionStatus{}
	var result answer
	if check {
		errs, err := refusals(external)
		if err != nil {
			return definition{}, answer{Failure: err.Error()}
		}
		result.Errors = faultsOf(errs)
	}
	served := definition{versions: map[string]*resource{}}
	schemas := map[string]*structuralschema.Structural{}
	for _, version := range external.Spec.Versions {
		if !version.Served {
			continue
		}
		resource, err := resourceOf(external, version, schemas)
		if err != nil {
			result.Failure = err.Error()
			continue
		}
		served.versions[version.Name] = resource
	}
	return served, result
}

// refusals are the errors that the API server refuses the creation of a definition for.
func refusals(external *apiextensionsv1.CustomResourceDefinition) (field.ErrorList, error) {
	internal := &apiextensions.CustomResourceDefinition{}
	if err := apiextensionsv1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(external, internal, nil); err != nil {
		return nil, err
	}
	for _, version := range internal.Spec.Versions {
		if version.Storage {
			internal.Status.StoredVersions = []string{version.Name}
		}
	}
	return crdvalidation.ValidateCustomResourceDefinition(context.Background(), internal), nil
}

// resourceOf compiles one version of a definition: its schema, and the rules of it in CEL.
func resourceOf(crd *apiextensionsv1.CustomResourceDefinition, version apiextensionsv1.CustomResourceDefinitionVersion, schemas map[string]*structuralschema.Structural) (*resource, error) {
	var props *apiextensions.JSONSchemaProps
	if version.Schema != nil {
		internal := &apiextensions.CustomResourceValidation{}
		if err := apiextensionsv1.Convert_v1_CustomResourceValidation_To_apiextensions_CustomResourceValidation(version.Schema, internal, nil); err != nil {
			return nil, err
		}
		props = internal.OpenAPIV3Schema
	}
	structural, err := structuralschema.NewStructural(props)
	if err != nil {
		return nil, err
	}
	structural = structural.DeepCopy()
	if err := defaulting.PruneDefaults(structural); err != nil {
		return nil, err
	}
	schemas[version.Name] = structural
	validator, _, err := validation.NewSchemaValidator(props)
	if err != nil {
		return nil, err
	}

	var status *apiextensions.CustomResourceSubresourceStatus
	var scale *apiextensions.CustomResourceSubresourceScale
	if subresources := version.Subresources; subresources != nil {
		if subresources.Status != nil {
			status = &apiextensions.CustomResourceSubresourceStatus{}
		}
		if subresources.Scale != nil {
			scale = &apiextensions.CustomResourceSubresourceScale{}
			if err := apiextensionsv1.Convert_v1_CustomResourceSubresourceScale_To_apiextensions_CustomResourceSubresourceScale(subresources.Scale, scale, nil); err != nil {
				return nil, err
			}
		}
	}
	kind := schema.GroupVersionKind{Group: crd.Spec.Group, Version: version.Name, Kind: crd.Spec.Names.Kind}
	return &resource{
		kind:             kind,
		namespaced:       crd.Spec.Scope == apiextensionsv1.NamespaceScoped,
		preservesUnknown: crd.Spec.PreserveUnknownFields,
		schemas:          schemas,
		strategy: customresource.NewStrategy(
			crdserverscheme.NewUnstructuredObjectTyper(),
			crd.Spec.Scope == apiextensionsv1.NamespaceScoped,
			kind, validator, nil, structural, status, scale, version.SelectableFields,
		),
	}, nil
}

// faultsOf tells errors of validation as a response of the API server does.
func faultsOf(errs field.ErrorList) []fault {
	var faults []fault
	for _, err := range errs {
		faults = append(faults, fault{Type: string(err.Type), Field: placeOf(err.Field), Detail: err.ErrorBody()})
	}
	return faults
}

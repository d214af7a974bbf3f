// Package api holds the contract of the service. The protos are its source;
// everything in gen is generated from them.
package api

import _ "embed" // for OpenAPI

// OpenAPI is the OpenAPI 2.0 document of the REST API.
//
//go:embed gen/openapi/lottrail.swagger.json
var OpenAPI []byte

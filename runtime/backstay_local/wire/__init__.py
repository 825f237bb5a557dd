"""rest-json from botocore's model: route, parse, validate, serialise, paginate."""

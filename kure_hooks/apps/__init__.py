"""Application kinds: each turns one application document into manifests."""

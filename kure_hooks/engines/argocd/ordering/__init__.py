"""The order of deployment, in the ways that Argo CD can keep one."""

// Argo CD's controllers that the tests run, in one program: it is the one whose name it was started by.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	application "github.com/argoproj/argo-cd/v3/cmd/argocd-application-controller/commands"
	applicationset "github.com/argoproj/argo-cd/v3/cmd/argocd-applicationset-controller/commands"
	askpass "github.com/argoproj/argo-cd/v3/cmd/argocd-git-ask-pass/commands"
	reposerver "github.com/argoproj/argo-cd/v3/cmd/argocd-repo-server/commands"
)

var commands = map[string]func() *cobra.Command{
	"argocd-application-controller":    application.NewCommand,
	"argocd-applicationset-controller": applicationset.NewCommand,
	"argocd-git-ask-pass":              askpass.NewCommand,
	"argocd-repo-server":               reposerver.NewCommand,
}

func main() {
	name := filepath.Base(os.Args[0])
	if value := os.Getenv("ARGOCD_BINARY_NAME"); value != "" {
		name = value
	}
	command, known := commands[name]
	if !known {
		fmt.Fprintf(os.Stderr, "%s is none of the commands. Start it by the name of one.\n", name)
		os.Exit(2)
	}
	if err := command().Execute(); err != nil {
		os.Exit(1)
	}
}

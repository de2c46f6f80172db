package kontor

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// Command runs `kontor ARGS…` with the installation's settings, as an operator
// would, and answers what it printed.
func (i *Installation) Command(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, i.binary, args...)
	var out, problems bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = i.env, &out, &problems
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("kontor %s: %w: %s", strings.Join(args, " "), err, problems.Bytes())
	}
	return out.Bytes(), nil
}

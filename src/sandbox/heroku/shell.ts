// As much of a shell as the sandbox needs: whether a command does anything at all.

/** True where each line is empty, a comment, or the command that does nothing (`:` or `true`) with nothing but a comment. */
export function isNoOp(command: string): boolean {
  return command.split('\n').every((line) => /^\s*(:|true)?\s*$|^\s*(:|true)?\s+#.*$/.test(` ${line}`));
}

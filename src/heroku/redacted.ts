// Commands for people: they can hold secrets, and logs and messages are read by many (I8).

/** The program's name and nothing more: "rake …". */
export function redactedCommand(command: string): string {
  const first = command.trim().split(/\s+/)[0] ?? '';
  return /^[\w./-]{1,30}$/.test(first) ? `${first} …` : '…';
}

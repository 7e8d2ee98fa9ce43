// Commands for people to paste into bash or zsh. Whatever the names are, what is pasted does what it says and nothing
// else, stands on one line, and hides nothing that the eye cannot see.

/** Words that no shell reads anything into stand as they are, so that a command is readable at two in the morning. */
const PLAIN = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/;
/** Newlines, escapes, and marks that turn the direction of text or cannot be seen. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

export function command(...words: readonly string[]): string {
  return words.map((word) => (PLAIN.test(word) ? word : quoted(word))).join(' ');
}

function quoted(word: string): string {
  if (!UNSEEN.test(word)) return `'${word.replaceAll("'", `'\\''`)}'`;
  // As bytes: the bash of macOS knows no \u.
  const bytes = (text: string): string => Buffer.from(text).toString('hex').replace(/../g, '\\x$&');
  const inner = [...word].map((one) => (UNSEEN.test(one) || one === "'" || one === '\\' ? bytes(one) : one));
  return `$'${inner.join('')}'`;
}

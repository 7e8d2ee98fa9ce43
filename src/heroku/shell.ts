// Commands for people to paste. Whatever the names are, what is pasted does what it says and nothing else.
import { quote } from 'shell-quote';

/** Words that no shell reads anything into stand as they are, so that a command is readable at two in the morning. */
const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

export function command(...words: readonly string[]): string {
  return words.map((word) => (PLAIN.test(word) ? word : word === '' ? "''" : quote([word]))).join(' ');
}

// What the commands of one-off dynos print, how long they run and how they end: as an app was described, or as everybody
// knows them.

import type { App } from './state.ts';

export interface Script {
  readonly command: string;
  /** Spread evenly over its time. */
  readonly output: readonly string[];
  readonly status: number;
  /** Null: as long as the app's one-offs run. */
  readonly ms: number | null;
}

const MIGRATION = [
  '== 20260105120000 AddCurrencyToOrders: migrating ==============================',
  '-- add_column(:orders, :currency, :string, {:default=>"EUR", :null=>false})',
  '   -> 1.2034s',
  '== 20260105120000 AddCurrencyToOrders: migrated (1.2041s) =====================',
];

/** Null for a command that nobody has said anything about: it prints nothing, and ends well. */
export function scriptOf(app: App, command: string): Script | null {
  const said = app.scripts.find((script) => script.command === command);
  if (said !== undefined) return said;
  const plain = command.trim().replace(/^(launcher |bundle exec |bin\/)+/, '');
  const [, name = '', number] = /^(sleep|exit|false)(?: (\d{1,6}))?$/.exec(plain) ?? [];
  if (name === 'sleep' && number !== undefined) return { command, output: [], status: 0, ms: Number(number) * 1_000 };
  if (name === 'exit') return { command, output: [], status: Number(number ?? 0) % 256, ms: 0 };
  if (name === 'false') return { command, output: [], status: 1, ms: 0 };
  if (/^(rails|rake) db:migrate$/.test(plain)) return { command, output: MIGRATION, status: 0, ms: 4_000 };
  return null;
}

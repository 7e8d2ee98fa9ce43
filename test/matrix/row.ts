// What playing a row of the matrix comes to, for both of its tiers.

export interface RowOutcome {
  readonly row: string;
  /** How many were played. */
  readonly cells: number;
  readonly wrong: readonly { readonly cell: string; readonly why: string }[];
}

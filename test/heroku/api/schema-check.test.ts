// The type check is the test here: `tsc` fails when a line marked as an error is none, or an unmarked one is.

import type * as Published from '@heroku-cli/schema';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { fits, type Misfit } from '../../../src/heroku/api/schema-check.ts';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
const yes = (_: true) => {};

test('a schema that fits is given back as it is', () => {
  const schema = z.object({ id: z.string(), maintenance: z.boolean() });
  expect(fits<Published.App>()(schema)).toBe(schema);
});

test('what does not fit does not compile', () => {
  // @ts-expect-error a misspelt key, which the index signature of the published type would let through
  fits<Published.App>()(z.object({ maintenence: z.boolean() }));
  // @ts-expect-error a key of another type
  fits<Published.App>()(z.object({ maintenance: z.string() }));
  // @ts-expect-error a key that may be null, and is not expected to be
  fits<Published.App>()(z.object({ released_at: z.string() }));
  // @ts-expect-error a misspelt key further in
  fits<Published.Dyno>()(z.object({ release: z.object({ versoin: z.number() }) }));
  // @ts-expect-error a list of something else
  fits<Published.AddOn>()(z.object({ config_vars: z.array(z.number()) }));
  // @ts-expect-error not all of the values that Heroku sends
  fits<Published.Release>()(z.object({ status: z.enum(['pending', 'succeeded']) }));
  // @ts-expect-error a misspelt key in every member of a union
  fits<Published.AddOn>()(z.object({ addon_service: z.object({ nmae: z.string() }) }));

  fits<Published.Release>()(z.object({ status: z.string() }));
  fits<Published.App>()(z.object({ released_at: z.string().nullish() }));
  fits<Published.Formation>()(z.object({ quantity: z.union([z.number(), z.string()]).transform(Number) }));
  expect.assertions(0);
});

test('the misfit is named by its path', () => {
  yes({} as Same<Misfit<Published.Dyno, { release: { versoin: number } }>, 'release.versoin'>);
  yes({} as Same<Misfit<Published.Dyno, { name: string; state: number }>, 'state'>);
  expect.assertions(0);
});

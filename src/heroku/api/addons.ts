// Add-ons of an app, and which apps each is attached to: how a shared database, a scheduler or an autoscaler is found.

import type * as Published from '@heroku-cli/schema';
import { z } from 'zod';
import type { Call } from './call.ts';
import { listed } from './pages.ts';
import { fits } from './schema-check.ts';
import type { Transport } from './transport.ts';

export const Addon = fits<Published.AddOn>()(
  z.object({
    id: z.string().min(1),
    name: z.string(),
    addon_service: z.object({ name: z.string().optional() }),
    plan: z.object({ name: z.string().optional() }).optional(),
    /** The app that pays for it. */
    app: z.object({ id: z.string().optional(), name: z.string().optional() }),
    /** The names of the config vars that it sets, never their values. */
    config_vars: z.array(z.string()).optional(),
    /** provisioning, provisioned, deprovisioned, and whatever Heroku thinks of next. */
    state: z.string(),
    web_url: z.string().nullish(),
  }),
);
export type Addon = z.infer<typeof Addon>;

export const Attachment = fits<Published.AddOnAttachment>()(
  z.object({
    id: z.string().min(1),
    /** What it is called in that app; DATABASE makes DATABASE_URL. */
    name: z.string(),
    app: z.object({ id: z.string(), name: z.string() }),
    addon: z.object({ id: z.string(), name: z.string() }),
  }),
);
export type Attachment = z.infer<typeof Attachment>;

/** Nobody adds an add-on and has it at work within seconds. */
const KEPT_MS = 5_000;

export function addons(heroku: Transport) {
  return {
    /** Those that the app owns. Ones that it borrows are among `attachedTo`. */
    list: (call: Call, appId: string): Promise<readonly Addon[]> =>
      call.reads.once(
        `addons:${appId}`,
        () => listed(heroku, call, Addon, `/apps/${encodeURIComponent(appId)}/addons`),
        KEPT_MS,
      ),
    /** Every app that one add-on is attached to, its owner too. */
    attachments: (call: Call, addonId: string): Promise<readonly Attachment[]> =>
      call.reads.once(`addon-attachments:${addonId}`, () =>
        listed(heroku, call, Attachment, `/addons/${encodeURIComponent(addonId)}/addon-attachments`),
      ),
    /** Every attachment that an app has, of its own add-ons and of borrowed ones. */
    attachedTo: (call: Call, appId: string): Promise<readonly Attachment[]> =>
      call.reads.once(`app-attachments:${appId}`, () =>
        listed(heroku, call, Attachment, `/apps/${encodeURIComponent(appId)}/addon-attachments`),
      ),
  };
}

// views.*: modals and the Home tab.
import { z } from 'zod';
import type { View } from '../blocks/blocks.ts';
import { checkView } from '../blocks/validate.ts';
import { args, json, type Method } from '../call.ts';
import { Refusal, refusedFor } from '../refusal.ts';
import { shownView } from '../shapes.ts';

/** A view that Slack would take; `invalid_arguments` with what is wrong otherwise. */
export function checkedView(raw: unknown, type: View['type']): View {
  const checked = checkView(raw);
  if (!checked.ok) throw refusedFor('invalid_arguments', checked.complaints);
  if (checked.value.type !== type) {
    throw refusedFor('invalid_arguments', [`invalid view type: ${checked.value.type} [json-pointer:/view/type]`]);
  }
  return checked.value;
}

const triggered = { trigger_id: z.string().min(1), view: json };

const open: Method = (call) => {
  const given = args(call, triggered);
  const { grants, views } = call.world;
  const trigger = grants.checkTrigger(given.trigger_id);
  const opened = views.openFirst(trigger.user, checkedView(given.view, 'modal'));
  grants.useTrigger(given.trigger_id);
  return { view: shownView(opened, {}) };
};

const push: Method = (call) => {
  const given = args(call, triggered);
  const { grants, views } = call.world;
  const trigger = grants.checkTrigger(given.trigger_id);
  if (trigger.fromView === null) throw new Refusal('invalid_trigger_id');
  const pushed = views.push(trigger.user, checkedView(given.view, 'modal'));
  grants.useTrigger(given.trigger_id);
  return { view: shownView(pushed, {}) };
};

const update: Method = (call) => {
  const given = args(call, {
    view: json,
    view_id: z.string().optional(),
    external_id: z.string().optional(),
    hash: z.string().optional(),
  });
  const { views } = call.world;
  const known =
    given.view_id !== undefined
      ? views.find(given.view_id)
      : given.external_id !== undefined
        ? views.findExternal(given.external_id)
        : null;
  if (known === null) throw new Refusal('not_found');
  return { view: shownView(views.update(known.id, checkedView(given.view, known.view.type), given.hash), {}) };
};

const publish: Method = (call) => {
  const given = args(call, { user_id: z.string().min(1), view: json, hash: z.string().optional() });
  const user = call.world.workspace.users.find(({ id }) => id === given.user_id);
  if (user === undefined) throw new Refusal('user_not_found');
  return { view: shownView(call.world.views.publish(user.id, checkedView(given.view, 'home'), given.hash), {}) };
};

export const views: Record<string, Method> = {
  'views.open': open,
  'views.push': push,
  'views.update': update,
  'views.publish': publish,
};

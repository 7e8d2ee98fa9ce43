// files.*: the upload in three parts. The bytes themselves arrive at the upload URL, which server.ts serves.
import { z } from 'zod';
import { args, json, type Method, whole, writableChannel } from '../call.ts';
import { Refusal } from '../refusal.ts';
import { shownFile } from '../shapes.ts';
import { app } from '../workspace.ts';

const getUploadUrl: Method = (call) => {
  const given = args(call, { filename: z.string().min(1), length: whole, alt_text: z.string().optional() });
  if (given.length <= 0) throw new Refusal('file_upload_size_restricted');
  const file = call.world.files.expect(given.filename, given.alt_text ?? null);
  return { upload_url: `${call.world.url()}/upload/${file.id}`, file_id: file.id };
};

const listed = z.array(z.object({ id: z.string(), title: z.string().optional() })).min(1);

const completeUpload: Method = (call) => {
  const { world } = call;
  const given = args(call, {
    files: json.pipe(listed),
    channel_id: z.string().optional(),
    thread_ts: z.string().optional(),
    initial_comment: z.string().optional(),
  });
  const channel = given.channel_id === undefined ? null : writableChannel(world, given.channel_id);
  const files = given.files.map(({ id, title }) => {
    const file = world.files.find(id);
    if (file === null || file.bytes === null) throw new Refusal('file_not_found');
    return world.files.complete(file, title ?? file.name, channel === null ? [] : [channel.id]);
  });
  if (channel !== null) {
    world.messages.post({
      channel: channel.id,
      user: app.botUserId,
      byBot: true,
      text: given.initial_comment ?? '',
      threadTs: given.thread_ts ?? null,
      files: files.map(({ id }) => id),
    });
  }
  return { files: files.map(shownFile) };
};

export const files: Record<string, Method> = {
  'files.getUploadURLExternal': getUploadUrl,
  'files.completeUploadExternal': completeUpload,
};

// The prompt that stands for a Slack channel: what is typed here is typed in #ops, and messages appear as they come.
import { createInterface } from 'node:readline';
import { compared, pictureOf } from './picture.ts';
import { messageWith } from './script.ts';
import type { Stage } from './stage.ts';
import { transcribe } from './transcript.ts';

const HELP = `You are in #ops of a Slack on this machine. The apps are shop, billing, reports and studio.
  /maint plan studio            everything that can still write; studio has most of it
  /maint start shop for 30m     any command of maint; /maint help lists them
  click Resume                  press a button by its label, on the newest message that has it
  as grace                      go on as somebody else: ada, grace, linus
  app shop                      how an app stands on Heroku now
  scale shop worker 3           be somebody who works against the maintenance
  speed 60                      domain time runs that many times as fast
  quit`;

export function prompt(stage: Stage): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  let user = 'ada';
  let closed = false;
  const ask = () => {
    if (closed) return;
    terminal.setPrompt(`#ops ${user}> `);
    terminal.prompt(true);
  };
  const say = (text: string) => {
    process.stdout.write(`\r\u001b[K${text}\n`);
    ask();
  };
  const stop = transcribe(stage, say);
  console.log(HELP);
  ask();

  const does: Readonly<Record<string, (rest: string) => Promise<void> | void>> = {
    '/maint': async (text) => {
      await stage.slack.command({ user, channel: '#ops', text });
    },
    click: (label) => click(stage, user, label, say),
    as: (name) => {
      const known = stage.slack.workspace.users.map((person) => person.name);
      if (known.includes(name)) user = name;
      else say(`Nobody here is called "${name}". There are: ${known.join(', ')}.`);
    },
    app: (name) => say(compared(name, { now: pictureOf(stage, name) })),
    scale: (rest) => {
      const [app = '', type = '', quantity = ''] = rest.split(/\s+/);
      if (!/^\d+$/.test(quantity))
        return say('Expected an app, a process type and a number, such as: scale shop worker 3');
      stage.world.scale(app, type, Number(quantity));
      say(`Somebody has scaled ${type} of ${app} to ${quantity}.`);
    },
    speed: (text) => {
      stage.clock.speed = Number(text);
      say(`Domain time runs ${text} times as fast.`);
    },
    help: () => say(HELP),
  };

  return new Promise((resolve) => {
    terminal.on('line', (line) => {
      const [word = '', ...rest] = line.trim().split(/\s+/);
      if (word === '') return ask();
      if (word === 'quit' || word === 'exit') return terminal.close();
      const act =
        does[word] ??
        (() =>
          say(`Expected /maint …, ${Object.keys(does).slice(1).join(', ')} or quit; got "${word}". help tells more.`));
      Promise.resolve()
        .then(() => act(rest.join(' ')))
        .catch((error: unknown) => say(error instanceof Error ? error.message : String(error)))
        .finally(ask);
    });
    terminal.on('close', () => {
      closed = true;
      stop();
      resolve();
    });
  });
}

async function click(stage: Stage, user: string, label: string, say: (text: string) => void): Promise<void> {
  const message = messageWith(stage, label);
  if (message === undefined) return say(`No message in #ops has a button "${label}" now.`);
  const { confirmed } = await stage.slack.click({ user, channel: '#ops', messageTs: message.ts, label });
  if (confirmed !== null) say(`Slack asks: "${confirmed.text}" You press: ${confirmed.confirm}`);
}

// The buttons of a question: what each is called, and what Slack's own dialog says before the click counts. Which answers a
// question takes is `decide`'s business; what comes of them is the engine's.
import type { Button } from '@slack/types';
import { answersTo } from '../../model/decide.ts';
import type { About, Answer } from '../../model/event.ts';
import { PATROL } from '../../model/patrol.ts';
import { type Question, type Run, watch } from '../../model/run.ts';
import { hasBegun } from '../../model/work.ts';
import type { Confirmed } from '../button.ts';
import { button } from '../buttons.ts';
import { listing } from './approval.ts';
import { doorOf, onceBack, onceGivenUp, whileAsked } from './door.ts';
import { count, cut, duration, plain } from './text.ts';
import { notBack, stepTitle } from './words.ts';

export function buttons(run: Run, asked: Question): Button[] {
  if (run.ended !== null || (asked.about.is === 'resume' && asked.shown === null)) return [];
  const shown = asked.shown === null || listing(run, asked.shown.rows).whole;
  const answers = answersTo(asked).filter((answer) => shown || (answer !== 'approve' && answer !== 'approve-layers'));
  return answers.map((answer) =>
    button(
      { do: 'answer', run: run.id, question: asked.id, answer, hash: asked.shown?.hash ?? null },
      looks(run, asked, answer),
    ),
  );
}

function looks(run: Run, asked: Question, answer: Answer): Confirmed {
  const app = run.app.name;
  const { about } = asked;
  const ask = (title: string, says: string, yes: string) => ({ title, says, yes });
  switch (answer) {
    case 'accept':
      if (about.is === 'step') return acceptStep(about);
      return about.is === 'violation' ? acceptLoud(about) : acceptStart(run, about);
    case 'wait':
      return waitFor(run, about);
    case 'cancel':
      return {
        label: 'Cancel',
        confirm: ask(
          `Cancel the maintenance of ${app}?`,
          `Nothing has been changed in ${app}, and nothing will be.`,
          'Cancel it',
        ),
      };
    case 'approve':
      return {
        label: 'Approve',
        style: 'primary',
        confirm: ask(
          `Put ${app} back?`,
          `Everything in the list is put back${asked.shown === null ? '' : ` (${count(asked.shown.rows.length, 'row')})`}. ${onceBack(run, doorIsBack(run, asked))} It cannot be turned round.`,
          'Approve',
        ),
      };
    case 'approve-layers':
      return {
        label: 'Layer by layer',
        confirm: ask(
          `Put ${app} back, layer by layer?`,
          'The same list, and you are asked before each part of it. The users of the app are let in last. It cannot be turned round.',
          'Layer by layer',
        ),
      };
    case 'not-yet':
      return {
        label: 'Not yet',
        confirm: ask(
          `Keep ${app} quiet?`,
          'This list is put away and nothing is changed. Resume shows a new one.',
          'Not yet',
        ),
      };
    case 'quiet-again':
      return {
        label: 'Quiet again',
        style: about.is === 'step' ? 'danger' : 'primary',
        confirm: ask(
          about.is === 'step' ? `Make ${app} quiet again?` : 'Make it quiet again?',
          quietAgain(run, about),
          'Quiet again',
        ),
      };
    case 'restore':
      return {
        label: 'Restore',
        style: 'primary',
        confirm: ask('Put it back as it was before?', driftSays(about, 'before', 'It is set to'), 'Restore'),
      };
    case 'keep':
      return {
        label: 'Keep',
        confirm: ask('Keep what somebody else set?', driftSays(about, 'now', 'It stays at'), 'Keep'),
      };
    case 'later':
      return {
        label: 'Later',
        confirm: ask('Decide later?', `${whileAsked(run)} You are reminded.`.trimStart(), 'Later'),
      };
    case 'try-again':
      if (about.is === 'work') return hasBegun(run, about.id) ? lookForWork : startWork(about);
      return {
        label: 'Try again',
        style: 'primary',
        confirm: ask(
          'Try again?',
          about.is === 'stuck' && about.step === PATROL
            ? `maint looks again whether ${app} is still quiet. It changes nothing.`
            : `maint looks how ${app} stands and sets what is not back yet.`,
          'Try again',
        ),
      };
    case 'done-by-hand':
      if (about.is === 'work') return hasBegun(run, about.id) ? workHasEnded : leaveWork;
      return {
        label: 'Done by hand',
        confirm: ask(
          'Was it done by hand?',
          `maint looks how ${app} stands and believes what it sees; nothing is written. What is not back is asked about again.`,
          'Done by hand',
        ),
      };
    case 'give-up':
      return {
        label: 'Leave it as it is',
        style: 'danger',
        confirm: ask('Leave it as it is?', givingUp(run, about), 'Leave it'),
      };
    case 'look-again':
      return { label: 'Look again', confirm: ask('Look again?', `maint looks at ${app} once more.`, 'Look again') };
    case 'turn-back':
      return {
        label: 'Turn back',
        style: 'danger',
        confirm: ask(`Turn back, and open ${app}?`, 'Everything is put back as it was before.', 'Turn back'),
      };
    case 'go-on':
      return { label: 'Go on', style: 'primary', confirm: ask('Go on?', goingOn(about), 'Go on') };
    case 'go-slowly':
      return {
        label: 'Go on slowly',
        confirm: ask(
          'Go on slowly?',
          `${goingOn(about)} One dyno first, then twice as many each time.`,
          'Go on slowly',
        ),
      };
    case 'all-the-rest':
      return {
        label: 'All the rest',
        confirm: ask(
          'Go on with all the rest?',
          'This part and all after it, and you are not asked again.',
          'All of it',
        ),
      };
  }
}

function startWork(about: About & { is: 'work' }): Confirmed {
  return {
    label: 'It has not begun: start it',
    confirm: {
      title: 'Start it?',
      says: `${cut(plain(about.says), 200)}. maint looks for it once more, and starts it where it is not there.`,
      yes: 'Start it',
    },
  };
}

const lookForWork: Confirmed = {
  label: 'Look again',
  confirm: {
    title: 'Look again?',
    says: 'maint goes on looking for it, and asks again in ten minutes.',
    yes: 'Look again',
  },
};

const workHasEnded: Confirmed = {
  label: 'It has ended',
  confirm: {
    title: 'Has it ended?',
    says: 'It is not watched any more, and how it ended is not known. Where it still runs, opening the app is up to you.',
    yes: 'It has ended',
  },
};

const leaveWork: Confirmed = {
  label: 'It runs or has run: leave it',
  confirm: {
    title: 'Leave it?',
    says: 'It is not started again, and not watched any more. Where it still runs, opening the app is up to you.',
    yes: 'Leave it',
  },
};

function acceptStep(about: About & { is: 'step' }): Confirmed {
  return {
    label: 'Accept',
    confirm: {
      title: 'Accept it as it is?',
      says: `Your name stands for accepting: ${cut(plain(about.says), 180)}.`,
      yes: 'Accept',
    },
  };
}

function goingOn(about: About): string {
  return about.is === 'step' ? `${cut(plain(about.says), 200)}.` : '';
}

function acceptStart(run: Run, about: About): Confirmed {
  const names = about.is === 'start' ? about.names.join(', ') : '';
  return {
    label: 'Start, accepting this',
    style: 'danger',
    confirm: {
      title: `Start the maintenance of ${run.app.name}?`,
      says: `It begins at once, and your name stands for accepting: ${cut(plain(names), 180)}.`,
      yes: 'Start',
    },
  };
}

function waitFor(run: Run, about: About): Confirmed {
  const steps = about.is === 'start' ? (about.waits ?? []) : [];
  const waits = (name: string): boolean =>
    (run.planned?.concerns ?? []).some((c) => c.name === name && c.waits !== undefined && steps.includes(c.waits));
  const others = about.is === 'start' ? about.names.filter((name) => !waits(name)) : [];
  const accepting = others.length === 0 ? '' : ` Your name stands for accepting the rest: ${others.join(', ')}.`;
  return {
    label: 'Wait for it',
    style: 'primary',
    confirm: {
      title: `Start ${run.app.name}, and wait for it?`,
      says: `It begins at once. Behind the maintenance page it is waited for, ${duration(run.settings.drainCap)} at most; past that everything is put back.${cut(plain(accepting), 120)}`,
      yes: 'Start, and wait',
    },
  };
}

function acceptLoud(about: About & { is: 'violation' }): Confirmed {
  return {
    label: 'Accept it',
    confirm: {
      title: 'Accept that it is not quiet?',
      says: `It stays at ${cut(plain(about.shows.now), 60)}, and the app is "quiet except ${cut(plain(about.label), 60)}" until it changes again. Your name stands for it.`,
      yes: 'Accept it',
    },
  };
}

function quietAgain(run: Run, about: About): string {
  if (about.is === 'step') {
    return `Another maintenance of ${run.app.name} begins, in your name and for the same reason: its users are kept out again.`;
  }
  if (about.is !== 'violation') return '';
  const sets = `${cut(plain(about.label), 60)} is set to ${cut(plain(about.shows.wanted), 60)} again.`;
  const { variable } = run.settings;
  if (about.step === 'variable' && variable !== 'off' && about.key === variable.name) {
    return `${sets} That makes a release, which restarts every dyno and runs the release phase, also under what people are doing in the app now.`;
  }
  if (about.step === doorOf(run)) return `${sets} The users of the app are kept out again.`;
  return `${sets} Whatever runs there is stopped, and the app is proved quiet again.`;
}

function doorIsBack(run: Run, asked: Question): boolean {
  const row = asked.shown?.rows.find((one) => one.step === doorOf(run));
  return row !== undefined && row.now === row.after;
}

function givingUp(run: Run, about: About): string {
  if (about.is !== 'stuck') return '';
  const receipt = 'The receipt names you for it.';
  const all = notBack(run, about);
  if (about.wide === true) {
    return `The maintenance ends, and EVERYTHING stays as it is now: maint puts nothing back any more (${count(all.length, 'item')}), and does not open the app to its users. ${receipt}`;
  }
  if (about.step === watch.name) {
    return `The maintenance ends without the last look: what changed since stays as it is. ${receipt}`;
  }
  const names = all.map((item) => plain(item.label));
  const what = names.length === 0 ? plain(stepTitle(run, about.step)) : cut(names.join(', '), 90);
  return `${what}: maint does not put it back any more, it stays as it is now. ${onceGivenUp(run, about.step)} ${receipt}`;
}

function driftSays(about: About, which: 'before' | 'now', says: string): string {
  if (about.is !== 'drift') return '';
  return `${says} ${cut(plain(about.shows[which]), 120)}. The receipt names you for it.`;
}

import { describe, expect, test } from 'vitest';
import { go, quietWords } from '../../src/model/preflight.ts';
import { concern } from '../helpers/make-run.ts';

describe('go or no-go', () => {
  const refuse = concern({ name: 'release', is: 'refuse', except: null });
  const warn = concern({ name: 'web', is: 'warn', except: 'Web' });

  test('nothing stands against it: go', () => {
    expect(go([], [])).toEqual({ is: 'go' });
  });

  test('a warning is said and nothing else', () => {
    expect(go([warn], [])).toEqual({ is: 'go' });
  });

  test('what has to be accepted is asked for by name, what was accepted in advance is not', () => {
    expect(go([concern(), concern({ name: 'old-job' })], ['old-job'])).toEqual({ is: 'ask', names: ['scheduler'] });
    expect(go([concern()], ['scheduler'])).toEqual({ is: 'go' });
  });

  test('a refusal is no-go, and nobody can accept it', () => {
    expect(go([refuse, concern()], ['release', 'scheduler'])).toEqual({ is: 'no-go' });
  });

  test('quiet names its exceptions, each once', () => {
    expect(quietWords([])).toBe('quiet');
    expect(quietWords([concern(), concern({ name: 'again' }), warn])).toBe('quiet except Scheduler, Web');
    expect(quietWords([refuse, concern({ except: null })])).toBe('quiet');
  });
});

import { describe, expect, it } from 'vitest';
import { othersOf } from '../../src/heroku/others.ts';

const names = (addons: readonly string[], variables: readonly string[]) =>
  othersOf(addons, variables).map(({ name }) => name);

describe('what starts jobs or brings dynos back, and cannot be paused', () => {
  it('is named by its add-on', () => {
    expect(names(['heroku-postgresql', 'crontogo', 'temporize', 'flightformation'], [])).toEqual([
      'Temporize',
      'Flightformation',
    ]);
  });

  it('is named by its config var, for not everybody takes it as an add-on', () => {
    expect(names([], ['LANG', 'DYNOSCALE_URL', 'RAILS_AUTOSCALE_URL'])).toEqual(['Dynoscale', 'Judoscale']);
  });

  it('is named once, however it is found', () => {
    expect(names(['judoscale', 'rails-autoscale'], ['JUDOSCALE_URL', 'RAILS_AUTOSCALE_URL'])).toEqual(['Judoscale']);
  });

  it('is nothing for names that every object has', () => {
    expect(names(['constructor', 'toString', '__proto__'], ['constructor', 'hasOwnProperty'])).toEqual([]);
  });

  it('is not the Heroku Scheduler, which is paused in place', () => {
    expect(names(['scheduler'], [])).toEqual([]);
  });

  it('is not HireFire, which is held', () => {
    expect(names(['hirefire'], ['HIREFIRE_TOKEN', 'HIREFIRE_API_KEY'])).toEqual([]);
  });

  it('says what to do, and that it is not put back either', () => {
    for (const { remedy, name } of othersOf(['judoscale', 'temporize'], [])) {
      expect(remedy).toMatch(new RegExp(`by hand.*will not put ${name} back`));
    }
  });
});

// Days of the calendar, without any zone: arithmetic on `2026-11-29`, done at noon UTC where no clock ever changes.
import { type LocalDate, type Weekday, weekdays } from '../model/window.ts';

const DAY = 86_400_000;

/** Days since 1970-01-01. */
export function dayNumber(date: LocalDate): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / DAY);
}

function dateOf(day: number): LocalDate {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return dateOf(dayNumber(date) + days);
}

/** Null where there is no such day: 30 February. `month`: 1 to 12. */
export function dateFrom(year: number, month: number, day: number): LocalDate | null {
  const date = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  const ms = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date) ? date : null;
}

/** 1970-01-01 was a Thursday. */
export function weekdayOf(date: LocalDate): Weekday {
  return weekdays[modulo(dayNumber(date) + 3, 7)] ?? 'monday';
}

/** Weeks begin on Monday; consecutive numbers, the first one's is 0. */
export function weekNumber(date: LocalDate): number {
  return Math.floor((dayNumber(date) + 3) / 7);
}

/** Consecutive numbers over the years. */
export function monthNumber(date: LocalDate): number {
  const { year, month } = partsOf(date);
  return year * 12 + month - 1;
}

export function partsOf(date: LocalDate): { readonly year: number; readonly month: number; readonly day: number } {
  return { year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)), day: Number(date.slice(8, 10)) };
}

export function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

export function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}

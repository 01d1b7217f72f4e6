import { render, screen } from '@testing-library/react';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Mark, Rule } from '../api/types';
import { said } from '../pages/model/signed';
import { addCatalogue, languages, setLanguage } from '../i18n';
import { MARKS, PunchMarks, allMarks } from './punch_marks';
import { RuleBar, allowedSide, ruleDomain } from './rule_table';
import { StateMark } from './state_mark';

const files = import.meta.glob<Record<string, string>>('../i18n/*/frame.json', { eager: true, import: 'default' });
beforeAll(async () => {
  for (const language of languages) addCatalogue(language, 'frame', files[`../i18n/${language}/frame.json`] as Record<string, string>);
});

const marks: Mark[] = [
  { name: 'fair', state: 'not_decided', rules: ['R1'], evidence: [] },
  { name: 'robust', state: 'failed', rules: ['R2'], evidence: [] },
  { name: 'private', state: 'held', rules: ['R3'], evidence: [] },
];

describe('punch marks', () => {
  it.each([
    ['en', 'Fair: not decided'],
    ['ja', '公平: 判定保留'],
    ['zh-Hant', '公平：尚無法判定'],
    ['zh-Hans', '公平：尚无法判定'],
  ] as const)('say in %s what the picture shows', async (language, words) => {
    await setLanguage(language);
    render(<PunchMarks marks={marks} />);
    const label = screen.getByRole('img').getAttribute('aria-label') ?? '';
    expect(label).toContain(words);
    expect(label.split(/[;；]/)).toHaveLength(7);
  });

  it('differ by shape and letter, and by more than colour from state to state', () => {
    expect(new Set(Object.values(MARKS).map((mark) => mark.path)).size).toBe(7);
    expect(Object.values(MARKS).map((mark) => mark.letter).join('')).toBe('FPXRDSM');
    const { container } = render(<PunchMarks marks={marks} />);
    const classes = [...container.querySelectorAll('svg')].map((svg) => svg.getAttribute('class'));
    expect(classes).toEqual(['punch punch-not_decided', 'punch punch-held', 'punch punch-not_started', 'punch punch-failed', 'punch punch-not_started', 'punch punch-not_started', 'punch punch-not_started']);
    expect(container.querySelectorAll('.punch-strike')).toHaveLength(1);
    expect(allMarks([])).toHaveLength(7);
  });

  it('states have glyph and word', async () => {
    await setLanguage('en');
    const { container } = render(<>{(['held', 'not_decided', 'failed'] as const).map((state) => <StateMark key={state} state={state} />)}</>);
    expect(container.textContent).toBe('✓held◐not decided✕failed');
  });
});

const rule: Rule = { id: 'R', require: 'auc >= 0.7', because: '', state: 'held', effect: 'pass', value: 0.807, low: 0.759, high: 0.847, limit: 0.7, evidence: [], why: 'as the gate said' };

describe('rules', () => {
  it('know which side is allowed', () => {
    expect(allowedSide('auc >= 0.7')).toBe(1);
    expect(allowedSide('abs(demographic_parity_gap(group=afam)) <= 0.10')).toBe(-1);
    expect(allowedSide('epsilon <= 8 and membership_auc <= 0.55')).toBe(0);
    expect(allowedSide('card.complete(annex4)')).toBe(0);
  });

  it('say the figure, its interval and the limit', async () => {
    await setLanguage('en');
    render(<RuleBar rule={rule} />);
    expect(screen.getByRole('img').getAttribute('aria-label')).toBe('0.807 (0.759 to 0.847) lies at or above 0.7');
  });

  it('draw nothing where nothing is known', () => {
    expect(ruleDomain({ value: null, low: null, high: null, limit: null })).toBeNull();
    expect(ruleDomain({ value: 0, low: null, high: null, limit: 0 })).toEqual([-0.12, 0.12]);
    render(<RuleBar rule={{ ...rule, value: null, low: null, high: null, limit: null }} />);
    expect(screen.queryByRole('img')).toBeNull();
  });

  it('read the lines of the verifier', () => {
    expect(said('signatures: held, 10 lines signed by 1 trusted key')).toEqual({ name: 'signatures', state: 'held', text: '10 lines signed by 1 trusted key' });
    expect(said('something else')).toEqual({ name: '', state: 'not_decided', text: 'something else' });
  });
});

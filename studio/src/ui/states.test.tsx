import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { act, fireEvent, render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../api/client';
import type { Problem } from '../api/types';
import { addCatalogue, setLanguage } from '../i18n';
import words from '../i18n/en/frame.json';
import { Await, Empty, ErrorPanel, Skeleton } from './states';
import { Tabs } from './tabs';

beforeAll(async () => {
  addCatalogue('en', 'frame', words);
  await setLanguage('en');
});

const problem: Problem = { type: 'urn:assay:error:not-found', title: 'not found', status: 404, detail: 'no model is called "x"', where: 'models/x', fix: 'see the list', code: 'not-found' };

function Panel({ read }: { read: () => Promise<string[]> }): ReactNode {
  const query = useQuery({ queryKey: ['x'], queryFn: read, retry: false });
  return (
    <Await of={query} empty={(list) => (list.length ? null : <Empty title="Nothing" command="assay run" />)}>
      {(list) => <p>{list.join(' ')}</p>}
    </Await>
  );
}

function show(read: () => Promise<string[]>): void {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Panel read={read} />
    </QueryClientProvider>,
  );
}

describe('a panel', () => {
  it('shows nothing for 150 ms, then that it is loading', () => {
    vi.useFakeTimers();
    render(<Skeleton />);
    expect(screen.queryByRole('status')).toBeNull();
    act(() => void vi.advanceTimersByTime(160));
    expect(screen.getByRole('status').textContent).toContain('Loading');
    vi.useRealTimers();
  });

  it('shows what came', async () => {
    show(() => Promise.resolve(['a', 'b']));
    expect(await screen.findByText('a b')).toBeTruthy();
  });

  it('says why nothing is there, and the command that fills it', async () => {
    show(() => Promise.resolve([]));
    expect((await screen.findByText('assay run')).tagName).toBe('CODE');
    expect(screen.getByRole('button', { name: 'Copy command' })).toBeTruthy();
  });

  it('tells cause, place, code and cure, and tries again', async () => {
    const read = vi.fn<() => Promise<string[]>>().mockRejectedValueOnce(new ApiError(problem)).mockResolvedValueOnce(['there']);
    show(read);
    const alert = await screen.findByRole('alert');
    for (const part of ['Not found', 'no model is called "x"', 'models/x', 'see the list', 'not-found']) expect(alert.textContent).toContain(part);
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('there')).toBeTruthy();
  });

  it('shows markup of names as text', () => {
    render(<ErrorPanel problem={{ ...problem, detail: '<img src=x onerror=alert(1)>' }} />);
    expect(document.querySelector('img')).toBeNull();
    expect(screen.getByRole('alert').textContent).toContain('<img src=x');
  });
});

it('tabs move by arrows and wrap', () => {
  const onSelect = vi.fn();
  const tabs = [{ key: 'a', title: 'A' }, { key: 'b', title: 'B' }] as const;
  render(<Tabs label="x" tabs={tabs} selected="a" onSelect={onSelect}>body</Tabs>);
  fireEvent.keyDown(screen.getByRole('tab', { name: 'A' }), { key: 'ArrowLeft' });
  expect(onSelect).toHaveBeenCalledWith('b');
  expect(screen.getByRole('tabpanel').getAttribute('aria-labelledby')).toBe(screen.getByRole('tab', { name: 'A' }).id);
});

import { render } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { Blocks, blocksOf, safeHref } from './markdown';

const html = (source: string): string => render(<Blocks blocks={blocksOf(source)} />).container.innerHTML;

describe('Markdown of cards', () => {
  it('draws headings, lists, tables and code', () => {
    expect(html('# A\n\ntext **bold** _it_ `x < y`')).toBe('<h2 dir="auto">A</h2><p dir="auto">text <strong>bold</strong> <em>it</em> <code>x &lt; y</code></p>');
    expect(html('- a\n- b\n  - c\n')).toContain('<li dir="auto">a</li>');
    expect(html('3. x\n4. y')).toContain('<ol start="3">');
    expect(html('| a | b |\n| --- | ---: |\n| 1 | 2 |')).toContain('<td dir="auto" class="num">2</td>');
    expect(html('```\n# not a head\n```')).toContain('# not a head');
    expect(html('favorable_rate_ratio stays')).toContain('favorable_rate_ratio');
  });

  it('keeps the front matter apart', () => {
    const blocks = blocksOf('---\na: 1\n---\n\n# T\n');
    expect(blocks.map((block) => block.kind)).toEqual(['matter', 'heading']);
  });

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '[x](javascript:alert(1))',
    '[x](data:text/html;base64,AAAA)',
    '![x](https://evil.example/pixel.png)',
    '![x](data:image/svg+xml;base64,AAAA)',
    '<iframe src="//evil.example">',
    '[x](vbscript:x)',
  ])('makes text of %s', (source) => {
    const { container } = render(<Blocks blocks={blocksOf(source)} />);
    expect(container.querySelectorAll('script, img, iframe, a, [onerror]')).toHaveLength(0);
    expect(container.textContent).toContain(source.includes('](') ? source : source.slice(0, 4));
  });

  it('links to the web and to places on the page only', () => {
    expect(safeHref('https://a.example/x')).toBe('https://a.example/x');
    expect(safeHref('#top')).toBe('#top');
    expect(safeHref(' JaVaScRiPt:alert(1)')).toBeNull();
    expect(safeHref('/api/v1/me')).toBeNull();
  });

  it('does not choke on depth or length', () => {
    expect(() => html(`${'> '.repeat(500)}x`)).not.toThrow();
    expect(() => html(`${'- '.repeat(200)}x`)).not.toThrow();
    expect(() => html(`${'*'.repeat(5000)}x${'_'.repeat(5000)}`)).not.toThrow();
    expect(() => html('['.repeat(5000))).not.toThrow();
  });
});

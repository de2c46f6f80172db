import { expect, test } from 'vitest'
import { parseMessage, type Span } from './messageMarkup'

/** Writes spans as tags, so that a case reads in one line. */
function shown(spans: Span[]): string {
  return spans
    .map((span) => {
      if (span.kind === 'text') return span.text
      if (span.kind === 'link') return `<a ${span.href}>`
      if (span.kind === 'code') return `<code>${span.text}</code>`
      return `<${span.kind}>${shown(span.spans)}</${span.kind}>`
    })
    .join('')
}

test.each([
  ['plain', 'plain'],
  ['order *R-2420* is ready', 'order <bold>R-2420</bold> is ready'],
  ['*bold and _both_*', '<bold>bold and <italic>both</italic></bold>'],
  ['~gone~ and `x * y`', '<strike>gone</strike> and <code>x * y</code>'],
  ['```a\nb```', '<code>a\nb</code>'],
  ['2 * 3 * 4', '2 * 3 * 4'],
  ['snake_case_name', 'snake_case_name'],
  ['* not bold*', '* not bold*'],
  ['*open\nend*', '*open\nend*'],
  ['**', '**'],
  ['订单*R-2420*已完成', '订单<bold>R-2420</bold>已完成'],
  ['see https://example.com/a?b=1.', 'see <a https://example.com/a?b=1>.'],
  ['(https://example.com)', '(<a https://example.com>)'],
  ['javascript:alert(1)', 'javascript:alert(1)'],
  ['<b>html</b>', '<b>html</b>'],
])('%s', (text, want) => {
  expect(shown(parseMessage(text))).toBe(want)
})

test('a long run of marks does not take long', () => {
  expect(shown(parseMessage('*'.repeat(4096)))).toHaveLength(4096)
})

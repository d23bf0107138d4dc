import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Conformance to WCAG 2.2, level AA, as far as axe-core can tell. */
const conformance = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What axe-core finds wrong with a page, by rule and place; with `all` also by its rules of good practice. */
export async function accessibilityFaults(page: Page, rules: 'conformance' | 'all' = 'conformance') {
  // Once for each document. Not as a script element: the page's security policy forbids those, as it should.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  return page.evaluate(
    async (options) => {
      const { axe: checker } = window as unknown as {
        axe: {
          run(options: unknown): Promise<{
            violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
          }>;
        };
      };
      const { violations } = await checker.run(options);
      return violations.flatMap(({ id, nodes }) =>
        nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary.slice(0, 200)}`),
      );
    },
    {
      // Of what is right nothing is to be told.
      resultTypes: ['violations'],
      ...(rules === 'all' ? {} : { runOnly: { type: 'tag', values: conformance } }),
    },
  );
}

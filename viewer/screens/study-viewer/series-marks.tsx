import type { ReactNode } from 'react';
import { SeriesStar } from '../../evidence/series-star.tsx';
import type { DisplaySet } from '../../viewport/stacks.ts';

/** Marks on the cards of the series panel, such as the star of key images; each shows itself where it applies. */
const marks: readonly {
  readonly name: string;
  readonly Mark: (props: { displaySet: DisplaySet }) => ReactNode;
}[] = [{ name: 'keyImages', Mark: SeriesStar }];

export function SeriesMarks({ displaySet }: { displaySet: DisplaySet }): ReactNode {
  return marks.map(({ name, Mark }) => <Mark key={name} displaySet={displaySet} />);
}

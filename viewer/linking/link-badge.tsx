import './linking.css';
import { type CSSProperties, type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../components/icons.tsx';
import type { ViewportState } from '../viewport/viewport-controller.ts';
import { toggleMember, useLinks } from '../workspace/link-store.ts';
import { useWorkspace } from '../workspace/workspace-store.ts';
import { distanceFrom } from './follow.ts';
import { halfSlice } from './geometry.ts';
import type { LinkOfTile } from './link-groups.ts';
import { useLead } from './link-session.ts';
import { areLinkedByPosition, linksOnScreen } from './links-on-screen.ts';
import { scrollTogether } from './scroll-together.ts';

/** Colours of the letters; the letter says the same. Contrast at least 7 on the dark badge. */
const letterColors: Readonly<Record<string, string>> = {
  A: '#74c0fc',
  B: '#ffd43b',
  C: '#b2f2bb',
  D: '#fcc2d7',
  E: '#d0bfff',
};

/** How far the slice is from that of the leading viewport, mm, where that is more than half a slice: the stack ends before. */
function useDistance(tile: number, state: ViewportState): number | undefined {
  const lead = useLead();
  return useMemo(() => {
    if (lead.tile === undefined || lead.tile === tile || !lead.place || !state.stack) return undefined;
    if (!areLinkedByPosition(lead.tile, tile)) return undefined;
    const distance = distanceFrom(state, lead.place);
    const limit = halfSlice(state.stack, state.index) + 0.5;
    return distance !== undefined && distance > limit ? distance : undefined;
  }, [lead, tile, state]);
}

function Letter({ tile, link }: { tile: number; link: LinkOfTile & { letter: string } }): ReactNode {
  const { t } = useTranslation();
  const isOffset = link.kind === 'offset';
  const label = t(isOffset ? 'link.byOffset' : 'link.byPosition', { letter: link.letter });
  const style = { '--letter-color': letterColors[link.letter] ?? '#ced4da' } as CSSProperties;
  return (
    <button
      type="button"
      className={isOffset ? 'link-letter is-offset' : 'link-letter'}
      style={style}
      aria-label={`${label}. ${t('link.leave')}`}
      title={`${label}. ${t('link.leave')}`}
      onClick={() => toggleMember(tile)}
      data-testid={`link-letter-${tile}`}
      data-kind={link.kind}
    >
      <Icon name="link" size={14} />
      {link.letter}
      {isOffset ? ` · ${t('link.offset')}` : null}
    </button>
  );
}

function Refused({ refusal }: { refusal: NonNullable<LinkOfTile['refusal']> }): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <span className="link-note is-warning" data-testid="link-refused">
        <Icon name="unlink" size={14} />
        {t(`link.${refusal}`)}
      </span>
      <button
        type="button"
        className="link-note"
        title={t('link.offsetHint')}
        onClick={scrollTogether}
        data-testid="link-offer-offset"
      >
        {t('link.offerOffset')}
      </button>
    </>
  );
}

/** Whether and how a viewport is linked, at its lower edge. */
export function LinkBadge({ tile, state }: { tile: number; state: ViewportState }): ReactNode {
  const { t } = useTranslation();
  const workspace = useWorkspace();
  const links = useLinks();
  const link = linksOnScreen(workspace, links).get(tile);
  const distance = useDistance(tile, state);
  if (links.members.size < 2) return null;
  if (!link) {
    return (
      <div className="link-badge is-out">
        <button type="button" className="link-note" onClick={() => toggleMember(tile)} title={t('link.join')}>
          <Icon name="unlink" size={14} />
          <span className="visually-hidden">{t('link.join')}</span>
        </button>
      </div>
    );
  }
  const { letter } = link;
  const refusal = links.isAutomatic && link.refusal !== 'refused' ? undefined : link.refusal;
  const isWide = refusal !== undefined || (letter !== undefined && link.kind === 'offset');
  return (
    <div className={isWide ? 'link-badge is-wide' : 'link-badge'} data-testid={`link-badge-${tile}`}>
      {letter !== undefined ? <Letter tile={tile} link={{ ...link, letter }} /> : null}
      {refusal ? <Refused refusal={refusal} /> : null}
      {letter !== undefined && distance !== undefined ? (
        <span className="link-note is-warning" data-testid={`link-apart-${tile}`}>
          {t('link.apart', { distance: distance.toFixed(1) })}
        </span>
      ) : null}
    </div>
  );
}

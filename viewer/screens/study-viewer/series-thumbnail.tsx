import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Icon } from '../../components/icons.tsx';
import { Turns } from '../../components/turns.ts';
import { thumbnailAddress } from '../../dicomweb/thumbnail-address.ts';
import { useIsFirstImageShown } from '../../viewport/first-image.ts';
import type { ImageDescription } from '../../viewport/image-description.ts';
import { drawThumbnail } from '../../viewport/thumbnail.ts';

/** CSS pixels. */
const thumbnailSize = 96;
/** Of the six connections that a browser opens to a host, most are for the images that are read. */
const turns = new Turns(2);

/** Whether an element has come into view, once. */
function useIsSeen(): { attach: (element: HTMLElement | null) => void; isSeen: boolean } {
  const [element, attach] = useState<HTMLElement | null>(null);
  const [isSeen, setIsSeen] = useState(false);
  useEffect(() => {
    if (!element) return;
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      setIsSeen(true);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return { attach, isSeen };
}

/** Drawn here, from the image itself: where the archive has no picture of it. */
function DrawnThumbnail({ image }: { image: ImageDescription }): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [isFailed, setIsFailed] = useState(false);
  useEffect(() => {
    if (canvas.current) drawThumbnail(canvas.current, image).catch(() => setIsFailed(true));
  }, [image]);
  return (
    <>
      <canvas ref={canvas} width={thumbnailSize} height={thumbnailSize} />
      {isFailed ? (
        <span className="thumbnail-failed" data-testid="thumbnail-failed">
          <Icon name="warning" size={28} />
        </span>
      ) : null}
    </>
  );
}

/**
 * A small picture of an image, from the archive's cache: when it comes into view, after the first image that is read, and few at
 * a time.
 */
export function SeriesThumbnail({ image }: { image: ImageDescription }): ReactNode {
  const { attach, isSeen } = useIsSeen();
  const isFirstShown = useIsFirstImageShown();
  const [isTurn, setIsTurn] = useState(false);
  const [isRefused, setIsRefused] = useState(false);
  const endTurn = useRef(() => {});
  const address = thumbnailAddress(image, Math.ceil(thumbnailSize * window.devicePixelRatio));
  const isWanted = isSeen && isFirstShown;
  useEffect(() => {
    if (!isWanted) return;
    endTurn.current = turns.take(() => setIsTurn(true));
    return () => endTurn.current();
  }, [isWanted]);
  const refuse = () => {
    endTurn.current();
    setIsRefused(true);
  };
  return (
    <span className="thumbnail" ref={attach}>
      {isRefused ? <DrawnThumbnail image={image} /> : null}
      {isTurn && !isRefused ? (
        <img
          src={address}
          alt=""
          width={thumbnailSize}
          height={thumbnailSize}
          style={{ objectFit: 'contain' }}
          decoding="async"
          draggable={false}
          onLoad={() => endTurn.current()}
          onError={refuse}
          data-testid="thumbnail-image"
        />
      ) : null}
    </span>
  );
}

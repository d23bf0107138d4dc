import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { usePreference } from '../preferences/preference-store.ts';
import type { ViewportController } from '../viewport/viewport-controller.ts';
import { parseReadout, readoutPreference } from './pixel-readout.ts';
import { patientText, pixelText, pixelValueText } from './value-text.ts';

/** Value and place of what is under the pointer. Written past React: it changes with every movement. */
export function HoverReadout({ controller }: { controller: ViewportController }): ReactNode {
  const isOn = usePreference(readoutPreference, parseReadout, false);
  return isOn ? <Readout controller={controller} /> : null;
}

function Readout({ controller }: { controller: ViewportController }): ReactNode {
  const { i18n } = useTranslation();
  const output = useRef<HTMLDivElement>(null);
  const language = i18n.language;
  useEffect(() => {
    const { element } = controller;
    let at: { left: number; top: number } | undefined;
    const write = () => {
      if (!output.current) return;
      const { surface } = controller.getState();
      const point = at && surface?.fromScreen(at);
      const value = surface && point ? pixelValueText(surface, point, language) : '';
      const texts =
        surface && point && value !== ''
          ? [value, pixelText(surface, point), patientText(surface, point, language)]
          : [];
      output.current.textContent = texts.filter(Boolean).join('   ');
    };
    const onMove = (event: PointerEvent) => {
      const { left, top } = element.getBoundingClientRect();
      at = { left: event.clientX - left, top: event.clientY - top };
      write();
    };
    const onLeave = () => {
      at = undefined;
      write();
    };
    element.addEventListener('pointermove', onMove);
    element.addEventListener('pointerleave', onLeave);
    const unsubscribe = controller.subscribe(write);
    return () => {
      unsubscribe();
      element.removeEventListener('pointermove', onMove);
      element.removeEventListener('pointerleave', onLeave);
    };
  }, [controller, language]);
  return <div ref={output} className="pixel-readout" data-testid="pixel-readout" />;
}

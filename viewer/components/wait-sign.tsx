import { Loader } from '@mantine/core';
import { type ComponentProps, type ReactNode, useEffect, useState } from 'react';

/** What takes no longer needs no sign, in ms: one that only flashes disturbs, and its turning takes time from what is waited for. */
const appearsAfterMs = 400;

/** Turns where something is waited for; nothing, as long as it has not taken long. */
export function WaitSign(props: Pick<ComponentProps<typeof Loader>, 'size' | 'm'>): ReactNode {
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLong(true), appearsAfterMs);
    return () => clearTimeout(timer);
  }, []);
  return isLong ? <Loader {...props} /> : null;
}

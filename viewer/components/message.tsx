import { Center, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** A state of a whole area: what it is, what to do next, and buttons to do it. */
export function Message(props: {
  title: string;
  hint?: string;
  detail?: string;
  kind?: 'information' | 'error';
  isFullPage?: boolean;
  children?: ReactNode;
  testId?: string;
}): ReactNode {
  const isError = props.kind === 'error';
  return (
    <Center
      mih={props.isFullPage ? '100vh' : 0}
      p="lg"
      role={isError ? 'alert' : 'status'}
      data-testid={props.testId}
    >
      <Stack align="center" gap="xs" maw={560}>
        <Title order={2} size="h4" fw={600} ta="center" c={isError ? 'red.4' : 'dark.0'}>
          {props.title}
        </Title>
        {props.hint ? (
          <Text ta="center" c="dark.1">
            {props.hint}
          </Text>
        ) : null}
        {props.detail ? (
          <Text ta="center" size="sm" c="dark.2" className="selectable">
            {props.detail}
          </Text>
        ) : null}
        {props.children}
      </Stack>
    </Center>
  );
}

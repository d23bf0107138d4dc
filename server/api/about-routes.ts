import { z } from 'zod';
import type { ApiRoute } from './api-route.ts';

const aboutSchema = z.object({ notDiagnosticNotice: z.boolean() });

/** What the sign-in screen must know before anybody is signed in. */
export function aboutRoutes(about: z.infer<typeof aboutSchema>): ApiRoute[] {
  return [
    {
      method: 'GET',
      template: '/about',
      transaction: 'What the viewer is to say of this archive',
      section: 'API',
      permission: 'public',
      response: aboutSchema,
      status: 200,
      handle: async (context) => {
        context.body = about;
      },
    },
  ];
}

/** Texts of every screen, and of signing in. */
export const startTexts = {
  app: {
    name: 'Isocenter',
    notDiagnostic: 'Not certified for diagnostic use',
    loading: 'Loading…',
    retry: 'Try again',
    close: 'Close',
    crashed: 'Something in this page went wrong',
    crashedHint: 'Reload the page. If it happens again, tell your administrator what you did.',
    reload: 'Reload',
    notFound: 'There is no page at this address',
    toStudyList: 'Go to the study list',
    serverUnreachable: 'The archive does not answer',
    serverUnreachableHint: 'Check the network connection, then try again.',
  },
  signIn: {
    title: 'Sign in',
    username: 'User name',
    password: 'Password',
    submit: 'Sign in',
    signOut: 'Sign out',
    wrong: 'User name or password is wrong.',
    tooMany: 'Too many attempts. Wait a moment, then try again.',
    noAnswer: 'The archive does not answer. Check the network connection.',
    failed: 'Signing in failed: {{detail}}',
    signedInAs: 'Signed in as {{username}}',
  },
} as const;

/** Implementation Class UID (0002,0012) of what Isocenter writes (PS3.7 D.3.3.2): derived from a UUID (PS3.5 B.2). */
export const implementationClassUID = '2.25.321178873504851292509300236544430600353';

/** Implementation Version Name (0002,0013), at most 16 characters. */
export const implementationVersionName = 'ISOCENTER';

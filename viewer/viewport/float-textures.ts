let areSmooth = false;

/** Asks a context whether it draws smoothly between pixels that are floats (OES_texture_float_linear). */
export function askForFloatTextures(gl: WebGL2RenderingContext): void {
  areSmooth = gl.getExtension('OES_texture_float_linear') !== null;
}

/**
 * Whether it does. Then pixels of 16 bits are drawn as floats, which hold them exactly and alike everywhere; textures of 16 bits
 * are for the devices that can't (viewer/left-out-of-cornerstone.ts).
 */
export const areFloatTexturesSmooth = (): boolean => areSmooth;

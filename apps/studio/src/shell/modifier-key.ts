/** As it is printed on the keyboard in front of who reads it. */
export const modifierKey: string = /mac|iphone|ipad/i.test(navigator.userAgent) ? '⌘' : 'Ctrl';

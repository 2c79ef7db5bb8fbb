/**
 * Colours and faces of everything that is seen in a browser, for light and dark: the public pages and the console.
 * Contrast meets WCAG AA.
 */
export const DESIGN_TOKENS = `:root{color-scheme:light dark;
--ink:light-dark(#1c2733,#e6eaee);--soft:light-dark(#52606d,#a9b4bf);--line:light-dark(#dde2e7,#35404a);--field:light-dark(#7b8794,#8592a0);
--paper:light-dark(#fff,#1a2127);--ground:light-dark(#f4f2ee,#12171b);--accent:light-dark(#1d4e63,#8cc4dc);--on-accent:light-dark(#fff,#0e1a20);
--good:light-dark(#17603d,#7fd0a2);--good-bg:light-dark(#e9f4ee,#12291d);--bad:light-dark(#9b1c1c,#f0a19a);--bad-bg:light-dark(#fbecea,#331715);
--warn:light-dark(#7a4a00,#e8bd6d);--warn-bg:light-dark(#fbf3e2,#2c2210);--none-bg:light-dark(#eceff2,#252e36);
--serif:"Noto Serif",ui-serif,Cambria,"DejaVu Serif","Times New Roman",serif;--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono",monospace}`;

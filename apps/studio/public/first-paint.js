// Runs before anything is drawn, so that nobody who chose dark is shown white first. No inline script: the policy of
// the page forbids those.
(function () {
  var root = document.documentElement;
  try {
    var wanted = localStorage.getItem('mantine-color-scheme-value') || 'auto';
    var dark = wanted === 'dark' || (wanted === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
    root.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
    root.style.background = dark ? '#14161b' : '#ffffff';
    if (localStorage.getItem('ashlar.language') === 'ar') {
      root.dir = 'rtl';
      root.lang = 'ar';
    }
  } catch {
    // Without storage it is as the system wants it.
  }
})();

namespace Verus.Artifact.Report;

/// <summary>The looks of the report: one column that fits a phone, colours of the reader's choice, and a form for paper.</summary>
internal static class ReportStyle
{
    public const string Css = """
        :root{color-scheme:light dark;--ink:#1d2329;--soft:#5b6670;--paper:#fff;--line:#d9dee3;--card:#f6f8fa;--good:#11693a;--bad:#a3211b;--open:#8a5300;--none:#5b6670;--mark:#a3211b}
        @media (prefers-color-scheme:dark){:root{--ink:#e4e8ec;--soft:#9aa6b1;--paper:#15191d;--line:#343c44;--card:#1d2329;--good:#5fc48a;--bad:#ff8f85;--open:#e8b04b;--none:#9aa6b1;--mark:#ff8f85}}
        *{box-sizing:border-box}
        body{margin:0 auto;padding:1.5rem 1rem 4rem;max-width:60rem;font:16px/1.5 system-ui,'DejaVu Sans',sans-serif;color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
        h1{font-size:1.7rem;line-height:1.2;margin:.2rem 0}h2{font-size:1.3rem;margin:2.5rem 0 .8rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}h3{font-size:1.05rem;margin:0 0 .3rem}
        .lead,.soft,figcaption,caption{color:var(--soft)}
        .cards{display:grid;gap:1rem}
        .card{background:var(--card);border:1px solid var(--line);border-left:.4rem solid var(--none);border-radius:.4rem;padding:.9rem 1rem}
        .card.good{border-left-color:var(--good)}.card.bad{border-left-color:var(--bad)}.card.open{border-left-color:var(--open)}
        .verdict{font-weight:700}.good .verdict,td.good{color:var(--good)}.bad .verdict{color:var(--bad)}.open .verdict{color:var(--open)}.none .verdict{color:var(--none)}
        .badge{display:inline-block;font-weight:700;letter-spacing:.02em;color:var(--mark);border:2px solid var(--mark);border-radius:.3rem;padding:.05rem .5rem;margin:.2rem 0}
        figure{margin:0 0 1rem}figure.picture{background:#fff;border:1px solid var(--line);border-radius:.4rem;padding:.6rem;text-align:center}
        figure.picture svg{max-width:100%;height:auto}
        .wide{overflow-x:auto;max-width:100%;margin:.6rem 0}
        table{border-collapse:collapse;font-size:.86rem;font-variant-numeric:tabular-nums}caption{text-align:left;padding:.2rem 0;font-size:.86rem}
        th,td{padding:.25rem .7rem .25rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);overflow-wrap:normal;font-weight:400}thead th{font-weight:600}.num{text-align:right;white-space:nowrap}
        .strip{width:6.5rem;height:1rem}.strip line{stroke:var(--line)}.strip circle{fill:var(--ink);fill-opacity:.55}
        pre{background:var(--card);border:1px solid var(--line);border-radius:.3rem;padding:.5rem .7rem;overflow-x:auto;font-size:.85rem}
        ul.notes{margin:.3rem 0;padding-left:1.2rem;font-size:.88rem;color:var(--soft)}
        details{margin:.5rem 0}summary{cursor:pointer;font-weight:600}
        nav ul{display:flex;flex-wrap:wrap;gap:.3rem 1rem;list-style:none;padding:0;margin:.6rem 0}
        a{color:inherit}
        @media print{:root{--ink:#000;--soft:#333;--paper:#fff;--line:#bbb;--card:#fff;--good:#000;--bad:#000;--open:#000;--none:#000;--mark:#000}body{max-width:none;padding:0;font-size:10pt}nav{display:none}section.figure,.card,tr{break-inside:avoid}h2,h3{break-after:avoid}.wide,pre{overflow:visible}details>*{display:block}}
        """;
}

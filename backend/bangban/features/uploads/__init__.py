"""Files of cases 附件: materials, results and signed papers, sealed, checked by content, bound to one case."""

-- A burst of deliveries changes every row of a page at about the same time. With half of the page free each finds room for its
-- next version beside it, and no index learns of it; what is written already is moved as it is changed.
alter table inbox_rows set (fillfactor = 50);
alter table fact_heads set (fillfactor = 50);

"""DaVinci Resolve's Scripts menu: where its scripts lie, putting ours there, and why a menu stays empty."""

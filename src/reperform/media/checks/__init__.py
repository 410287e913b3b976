"""What a person would look and listen for in a take, measured: pictures in one pass, then the sound.

thresholds are `model.Thresholds`; what is worse is a remark, or fails the take.

verdicts     measurements judged and placed
watching     one pass over the take's pictures beside the original's
motion       what moves: jumps at seams, frozen, repeated, black
stillness    whether a picture stands where the original's moves
outside      what was not to change: PSNR, SSIM, VMAF, colours
vmaf         pictures fed to FFmpeg's libvmaf as they come
syncing      how much earlier or later one sound is than another
hearing      the take's voice: sync, loudness (EBU R128, by media.levels), clipping
performance  all of it
"""
